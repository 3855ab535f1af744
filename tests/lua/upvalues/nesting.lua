-- Deep nesting: variables captured across many function levels, up to the limits.
local function build(depth)
  local src = {}
  for i = 1, depth do src[#src + 1] = "local v" .. i .. " = " .. i .. " return function() " end
  local sum = {}
  for i = 1, depth do src[#src + 1] = "v" .. i .. " = v" .. i .. " + 1 " sum[i] = "v" .. i end
  src[#src + 1] = "return " .. table.concat(sum, "+") .. (" end"):rep(depth)
  return loadstring(table.concat(src), "=nest")
end
for _, depth in ipairs { 1, 2, 3, 10, 30, 59, 60 } do
  local f = assert(build(depth))
  for _ = 1, depth do f = f() end
  print(depth, f(), f())
end
print(select(2, build(61)))
print(select(2, build(100)))
print((select(2, build(199))))
print((select(2, build(250))))
-- one variable seen from level n
local function deep(depth)
  local src = "local x = 0 local function get() return x end "
  local open = {}
  for i = 1, depth do open[i] = "return function() " end
  return loadstring(src .. table.concat(open) .. "x = x + 1 return x, get() " .. ("end "):rep(depth), "=deep")
end
for _, d in ipairs { 1, 5, 50, 97 } do
  local f = assert(deep(d))
  for _ = 1, d do f = f() end
  print(d, f()) print(d, f())
end
print((select(2, deep(250))))
-- the number of upvalues: 60 are allowed
local function ups(n)
  local names = {}
  for i = 1, n do names[i] = "u" .. i end
  local list = table.concat(names, ",")
  return loadstring("local " .. list .. " = 1 return function() return " .. table.concat(names, " or ") .. " end", "=ups")
end
print(ups(60)()(), debug.getinfo(ups(60)(), "u").nups)
print(ups(61)) print(ups(100))
-- shadowing at each level
local x = 0
local function l1() local x = 1 local function l2() local x = 2 local function l3() local y = x local x = 3 return x, y end return x, l3() end return x, l2() end
print(x, l1())
-- upvalues and debug functions
local a, b, c = 1, 2, 3
local function named() return c, a, b end
for i = 1, 4 do print(i, debug.getupvalue(named, i)) end
print(debug.setupvalue(named, 2, "set"), a, debug.setupvalue(named, 9, 0), named())
print(debug.getupvalue(print, 1), debug.getupvalue(string.gmatch("", ""), 1), pcall(debug.getupvalue, named), debug.getupvalue(named, 0), debug.getupvalue(named, -1))
-- a closure in a closure in a closure, made in loops
local all = {}
for i = 1, 3 do all[i] = (function(p) return function(q) return function(r) p, q, r = p + 1, q + 1, r + 1 return i .. p .. q .. r end end end)(i * 10)(i * 20)(i * 30) .. "" end
print(table.concat(all, " "))
-- captured variables in a function with 200 locals
local src = {} for i = 1, 200 do src[#src + 1] = "local l" .. i .. "=" .. i end
src[#src + 1] = "return function() l1, l100, l200 = l1 + 1, l100 + 1, l200 + 1 return l1, l2, l50, l100, l199, l200 end"
local f = assert(loadstring(table.concat(src, " ")))() print(f()) print(f())

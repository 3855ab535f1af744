-- pcall of functions of the library: what they give, throw, ask for, and see; getmetatable of anything.
local function show(...)
  local t = {n = select("#", ...), ...}
  for i = 1, t.n do t[i] = tostring(t[i]) end
  return table.concat(t, ",")
end
local many = {}
for i = 1, 50 do many[i] = i end
for round = 1, 200 do
  local last = round == 200
  local a, b = pcall(type, 1)
  assert(a == true and b == "number")
  assert(pcall(type, 1))
  pcall(type, 1)
  local c, d, e = pcall(select, 2, "a", "b", "c")
  local f, g = pcall(error, {round})
  assert(f == false and g[1] == round)
  local h, i = pcall(string.rep)
  local j, k, m = pcall(pcall, error, "inner")
  local n, o, p = pcall(pcall, pcall, pcall, type, nil)
  local q, r = pcall(rawset, {}, nil, 1)
  local s, t = pcall(tostring)
  local u, v, w = pcall(unpack, {1, 2})
  local x, y = pcall(string.gsub, "abc", ".", function(ch) if ch == "c" then error("at c", 0) end end)
  local z = select("#", pcall(unpack, many))
  if last then
    print(show(a, b), show(c, d, e), show(h, i), show(j, k, m), show(n, o, p))
    print(show(q, r), show(s, t), show(u, v, w), show(x, y), z, select("#", pcall(unpack, many, 1, 20)))
    print(pcall(next, {}, "none"))
    print(pcall(table.concat, {1, {}, 3}))
    print(pcall(setmetatable, 1))
    print(pcall(table.sort, {3, "x"}))
    print(pcall(loadstring, "x ="))
    print(pcall(require, nil))
  end
end
-- what the function sees of its callers, and a handler of errors outside
local function levels() return debug.traceback("here", 1) end
local ok, trace = pcall(pcall, levels)
for i = 1, 60 do ok, trace, text = pcall(pcall, levels) end
print((text:gsub("0x%x+", "ADDRESS")))
print(xpcall(function() for i = 1, 60 do pcall(error, "in") end local a, b = pcall(error) error("out " .. tostring(b), 0) end, function(m) return "handled " .. m end))
-- coroutines
local co = coroutine.wrap(function() for i = 1, 60 do local a, b = pcall(coroutine.resume, coroutine.create(function() return i end)) assert(a and b) end return pcall(coroutine.running) end)
print((co()))
print(pcall(coroutine.wrap(function() error("inside", 0) end)))
print(pcall(coroutine.yield))
-- deep: an overflow is caught
local depth = 0
local function deeper() depth = depth + 1 local a, b = pcall(pcall, deeper) return a end
print(deeper())
-- hooks set and seen
local calls = 0
local a, b = pcall(debug.sethook, function() calls = calls + 1 end, "c")
pcall(type, 1)
debug.sethook()
print(a, b, calls)
-- getmetatable
local hidden = setmetatable({}, {__metatable = "hidden"})
local no = setmetatable({}, {__metatable = false})
local plain, meta = {}, {}
setmetatable(plain, meta)
local u = newproxy(true)
for round = 1, 100 do
  assert(getmetatable("x").__index == string and getmetatable(hidden) == "hidden" and getmetatable(no) == false)
  assert(getmetatable(plain) == meta and getmetatable({}) == nil and getmetatable(1) == nil and getmetatable(nil) == nil)
  assert(type(getmetatable(u)) == "table" and getmetatable(print) == nil and type(getmetatable(io.stdout)) == "table")
  local p, q = getmetatable("x")
  assert(p and q == nil)
end
getmetatable(u).__metatable = 5
getmetatable("").__metatable = "of strings"
print(getmetatable(u), getmetatable("y"), select("#", getmetatable(1)), pcall(getmetatable))

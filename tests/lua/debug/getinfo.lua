-- debug.getinfo: every field for Lua functions, C functions, main chunks, tail calls, by level and by function.
local T = dofile("support/show.lua")
local show, try = T.show, T.try
local function fields(t) if not t then return "nil" end local k = {} for n, v in pairs(t) do local s = type(v) == "table" and "{" .. (function() local l = {} for line in pairs(v) do l[#l + 1] = line end table.sort(l) return table.concat(l, ",") end)() .. "}" or type(v) == "function" and "function" or tostring(v) k[#k + 1] = n .. "=" .. s end table.sort(k) return table.concat(k, " ") end
local function f(a, b)
  local c = a

  return c, b -- a comment
end
print(fields(debug.getinfo(f))) print(fields(debug.getinfo(f, "S"))) print(fields(debug.getinfo(f, "l"))) print(fields(debug.getinfo(f, "u"))) print(fields(debug.getinfo(f, "n"))) print(fields(debug.getinfo(f, "L"))) print(fields(debug.getinfo(f, "f"))) print(fields(debug.getinfo(f, "SlunLf"))) print(fields(debug.getinfo(f, "")))
print(fields(debug.getinfo(print))) print(fields(debug.getinfo(print, "SlunLf"))) print(fields(debug.getinfo(loadstring("\n\nreturn 1\n\n", "=chunk")))) print(fields(debug.getinfo(loadstring("return 1", "@file.lua"), "SL"))) print(fields(debug.getinfo(loadstring("", "a chunk of text"), "SL"))) print(fields(debug.getinfo(loadstring("local function f() end\nreturn f")(), "SL")))
print(fields(debug.getinfo(1))) print(fields(debug.getinfo(1, "nSl"))) print(fields(debug.getinfo(2))) print(fields(debug.getinfo(3))) print(fields(debug.getinfo(0, "nS"))) show("100", debug.getinfo(100)) show("big", debug.getinfo(1e9)) try("-1", debug.getinfo, -1) try("none", debug.getinfo) try("bad option", debug.getinfo, 1, "X") try("string", debug.getinfo, "x") try("string number", function() return type(debug.getinfo("1")) end) try("{}", debug.getinfo, {}) try("nil", debug.getinfo, nil) try("nil what", function() return type(debug.getinfo(1, nil)) end) try("bad what", debug.getinfo, 1, {}) try("frac", function() return debug.getinfo(1.9, "l").currentline end)
-- names
local function who() local i = debug.getinfo(2, "n") return tostring(i.name) .. "/" .. i.namewhat end
local t = { field = function() return (who()) end, nested = { g = function() return (who()) end } } function t:method() return (who()) end function globalfn() return (who()) end local function localfn() return (who()) end local up = function() return (who()) end
local function viaup() return (up()) end
print((localfn()), (globalfn()), (t.field()), (t:method()), (t.nested.g()), (viaup()), (t["field"]()), ((function() return (who()) end)()))
local key = "field" print((t[key]())) t[1] = t.field print((t[1]())) print((select(2, pcall(t.field)))) print((coroutine.wrap(t.field)())) local alias = t.field print((alias())) print(#{ t.field(), t.field() }, t.field() .. "", -(tonumber(t.field()) or 1))
local meta = setmetatable({}, { __index = function() return (who()) end, __add = function() return (who()) end, __call = function() return (who()) end, __concat = function() return (who()) end, __unm = function() return (who()) end, __lt = function() print("lt", who()) return true end, __eq = function() print("eq", who()) return true end, __len = function() return (who()) end, __newindex = function() print("newindex", who()) end, __tostring = function() return (who()) end }) print(meta.x, meta + 1, (meta()), meta .. "", -meta, meta < meta, meta == setmetatable({}, getmetatable(meta)), tostring(meta)) meta.x = 1
for v in function(_, c) if not c then return (who()) end end do print("for iterator", v) end
table.sort({ 2, 1 }, function(a, b) print("sort", who()) return a < b end) string.gsub("x", "x", function() print("gsub", who()) end) xpcall(function() error("x") end, function() print("handler", who()) end)
-- tail calls
local function callee() local l = {} for level = 1, 6 do local i = debug.getinfo(level, "nSl") if not i then break end l[#l + 1] = i.what .. ":" .. i.currentline .. ":" .. i.namewhat .. ":" .. tostring(i.name) .. ":" .. i.short_src:gsub("^.*/", "") end return l end
local function tail() return callee() end local function tail2() return tail() end for _, s in ipairs(tail2()) do print(s) end print(fields((function() return debug.getinfo(1, "nSlu") end)())) local function level2() return debug.getinfo(2) end local function tl() return level2() end print(fields((tl())))
-- current lines in multi-line expressions
local function line() return debug.getinfo(2, "l").currentline end
print(line(),
  line(),
  line())
local x = line() +
  line() *
  line()
print(x)
local tt = {
  line(),
  a = line(),
  line() }
print(tt[1], tt.a, tt[2])
print((function(...)
  return line()
end)(
  line(),
  1))
-- active lines
local src = [[
local a = 1
-- comment
if a then
  print(a)
else
  a = 2
end
for i = 1, 3 do

  a = i
end
while a do
  break
end
repeat
  local b
until a
local function g()
  return 1
end
return {
  1,
  2,
}, function() end
]]
print(fields(debug.getinfo(loadstring(src, "=s"), "SL"))) for _, s in ipairs { "", "\n\n", "x = 1", "x = 1\n\ny = 2", "return\n\n1", "function f()\n\n\nend", "local x", "local x\nlocal y\nlocal z = 1", "do end", "for i = 1, 2 do end", "while x do\nend", "repeat\nuntil x", "if x then\nelse\nend", "f(\n1,\n2\n)", "x = {\n1,\n2\n}", "x = a and\nb or\nc", "x = a ..\nb ..\nc", "return f(\n)", "local function f(...)\nlocal a, b = ...\nreturn ...\nend" } do print(fields(debug.getinfo(loadstring(s, "=s"), "SL"))) end
-- threads
local co = coroutine.create(function(a) local b = 2 coroutine.yield(a, b) error("x") end) print(fields(debug.getinfo(co, 0, "nS"))) coroutine.resume(co, 1) print(fields(debug.getinfo(co, 1, "nSlu"))) print(fields(debug.getinfo(co, 0, "nSl"))) show("none", debug.getinfo(co, 2), debug.getinfo(co, 5)) coroutine.resume(co) print(fields(debug.getinfo(co, 1, "Sl"))) print(fields(debug.getinfo(co, 0, "Sn"))) print(fields(debug.getinfo(co, print, "S")))
-- source names of every length
for _, name in ipairs { "=", "=short", "=" .. ("x"):rep(58), "=" .. ("x"):rep(59), "=" .. ("x"):rep(60), "=" .. ("x"):rep(80), "@", "@short", "@" .. ("y"):rep(59), "@" .. ("y"):rep(60), "@" .. ("y"):rep(80), "", "short", "two\nlines", "\n", ("z"):rep(44), ("z"):rep(45), ("z"):rep(46), ("z"):rep(47), ("z"):rep(48), ("z"):rep(49), ("z"):rep(50), ("z"):rep(80), ("z"):rep(50) .. "\nx", "a\r\nb", "tab\tb", "q\"q" } do print(debug.getinfo(loadstring("", name), "S").short_src, #debug.getinfo(loadstring("", name), "S").source) end

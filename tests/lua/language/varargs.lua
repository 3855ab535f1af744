-- Varargs: ..., select, adjustment, the compatibility table arg.
local T = dofile("support/show.lua")
local function count(...) return select("#", ...) end
print(count(), count(nil), count(nil, nil), count(1, nil, 3))
local function first(...) local a = ... return a end
local function firstTwo(...) local a, b = ... return a, b end
local function middle(a, ...) local b, c = ... return a, b, c end
T.show("first", first()) T.show("first", first(1, 2)) T.show("two", firstTwo(1)) T.show("middle", middle(1, 2))
local function paren(...) return (...) end
T.show("paren", paren(1, 2, 3)) T.show("paren", paren())
local function both(...) return ..., ... end
T.show("both", both(1, 2)) T.show("both", both()) T.show("both", both(nil))
local function inTable(...) return { ... }, { ..., "end" }, { "start", ... }, { n = ..., ... } end
local a, b, c, d = inTable(1, 2, 3)
T.show("tables", #a, #b, #c, d.n, #d, b[1], b[2], c[4])
-- arg: only in functions that do not use ...
function compat(...) return arg.n, arg[1], arg[2], #arg end
T.show("arg", compat("a", "b")) T.show("arg", compat()) T.show("arg", compat(nil, nil))
function withdots(...) local n = select("#", ...) return n, arg == nil or arg[0] ~= nil end
T.show("no arg", withdots(1, 2))
function compatparam(a, b, ...) return a, b, arg.n, arg[1] end
T.show("arg", compatparam(1)) T.show("arg", compatparam(1, 2, 3, 4))
function shadow(arg, ...) return arg end
T.show("param arg", shadow(5, 6))
function nested(...)
  local function inner(...) return arg.n end
  return inner(1, 2, 3), select("#", ...)
end
T.show("nested", nested("x"))
function argup(...) return (function() return arg.n end)() end
T.show("arg as upvalue", argup(1, 2))
print(pcall(loadstring, "function f() return ... end"))
print(loadstring("function f() return ... end"))
print(loadstring("return function(...) return function() return ... end end"))
print(loadstring("return ...")(1, 2, 3))
print(select("#", loadstring("return ...")()))
-- a big list
local function many(n) local t = {} for i = 1, n do t[i] = i end return unpack(t, 1, n) end
for _, n in ipairs { 0, 1, 100, 254, 255, 256, 1000, 5000, 7000 } do
  assert(count(many(n)) == n and count(0, many(n)) == n + 1)
  assert(count(both(many(n))) == (n == 0 and 1 or n + 1))
  assert(select(n > 0 and n or 1, many(n), 0) ~= false)
  assert(#{ many(n) } == n)
end
T.show("select", select(2, "a", "b", "c")) T.show("select", select(-1, "a", "b", "c")) T.show("select", select(4, "a", "b", "c"))
T.show("select", select("2", "a", "b")) T.show("select", select(2.9, "a", "b", "c")) T.show("select", select(1e9, 1))
T.try("select 0", select, 0) T.try("select -4", select, -4, 1, 2) T.try("select none", select) T.try("select x", select, "x") T.try("select {}", select, {})
T.try("select #", select, "#") T.try("select #x", select, "#x", 1)
-- recursion through varargs, tail calls with varargs
local function sum(a, ...) if a == nil then return 0 end return a + sum(...) end
print(sum(many(150)))
local function drop(n, ...) if n == 0 then return ... end return drop(n - 1, select(2, ...)) end
print(drop(5, 1, 2, 3, 4, 5, 6, 7, 8))
local function rot(n, a, ...) if n == 0 then return a, ... end local t = { ... } t[#t + 1] = a return rot(n - 1, unpack(t)) end
print(rot(3, 1, 2, 3, 4, 5))
-- assignment to a parameter of a vararg function, and to a vararg function's locals
local function mut(a, ...) a = a .. "!" local b = ... b = b .. "?" return a, b, ... end
print(mut("x", "y", "z"))
print((function(...) return select("#", ...) end)(nil, nil, nil))
print(pcall(function(...) return ... end, 1, nil, nil))
print(string.format("%s %s %s", (function(...) return ... end)("a", "b", "c")))
print(math.max(many(250)))

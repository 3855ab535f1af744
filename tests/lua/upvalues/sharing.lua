-- Sharing: closures made in the same scope see one variable; also through intermediate functions.
local function pair()
  local v = 0
  return function() return v end, function(n) v = n end, function() v = v + 1 return v end
end
local get, set, inc = pair()
set(5) assert(get() == 5 and inc() == 6 and get() == 6)
local get2, set2 = pair()
set2(100) assert(get() == 6 and get2() == 100)
-- while the variable still lives on the stack, then after it is closed
local function life()
  local v = 1
  local function r() return v end
  local function w(n) v = n end
  v = 2 assert(r() == 2)
  w(3) assert(v == 3 and r() == 3)
  return r, w
end
local r, w = life()
w(9) assert(r() == 9)
-- through two and three levels
local function levels()
  local a = "a"
  local function l1()
    local b = "b"
    local function l2()
      local c = "c"
      local function l3(x) if x then a, b, c = a .. x, b .. x, c .. x end return a, b, c end
      return l3, function() return a, b, c end
    end
    return l2()
  end
  local l3, peek = l1()
  return l3, peek, function() return a end
end
local l3, peek, geta = levels()
l3("1") print(peek()) l3("2") print(peek()) print(geta())
-- parameters, varargs, loop variables, the function's own name
local function own(p, ...)
  local first = ...
  return function() p = p + 1 return p, first end, function() return p, own end
end
local f, g = own(1, "first") f() print(f()) assert(g() == 3 and select(2, g()) == own)
local function selfref() return selfref end
assert(selfref() == selfref)
local anonymous = function() return anonymous end
assert(anonymous() == nil)
-- two closures in one table, one closure in two tables
local t1, t2 = {}, {}
do local v = 0 t1.inc = function() v = v + 1 return v end t2.inc = t1.inc t2.get = function() return v end end
t1.inc() t2.inc() assert(t2.get() == 2)
-- recursion: each activation has its own variables
local made = {}
local function rec(n) local mine = n made[n] = function() mine = mine + 0.5 return mine end if n > 1 then rec(n - 1) end return mine end
rec(10)
for i = 1, 10 do assert(made[i]() == i + 0.5 and made[i]() == i + 1) end
-- mutual recursion through upvalues
local a, b
function a(n) if n > 0 then return b(n - 1) end return "a" end
function b(n) if n > 0 then return a(n - 1) end return "b" end
print(a(10), a(11))
-- assignment order and swaps on upvalues
local p, q = 1, 2
local function swap() p, q = q, p return p, q end
print(swap()) print(swap()) print(p, q)
local function ops() p = p + q; q = p - q; p = -p; q = not q; return p, q end
print(ops())
-- compile-time shapes: an upvalue as table, key, function, operand, concat operand, loop limit, condition
local tab, key, n, s, cond = { k = 1 }, "k", 3, "s", true
local function uses()
  tab[key] = tab[key] + n
  tab.k2 = s .. n .. s
  for i = 1, n do tab[i] = i * n end
  if cond then cond = not cond end
  while n > 1 do n = n - 1 end
  return tab.k, tab.k2, tab[3], cond, n, #tab, -n, #s, tab and key or s, (cond and 1) == (n == 0)
end
print(uses()) print(uses())

-- Return values of every arity, adjusted in every context.
local function r0() end
local function r1() return 1 end
local function r2() return 1, 2 end
local function r3() return 1, 2, 3 end
local function rn(n) local t = {} for i = 1, n do t[i] = i end return unpack(t, 1, n) end
print(r0()) print(r1()) print(r2()) print(r3())
print((r0())) print((r1())) print((r2()))
print(r0(), r1(), r2(), r3())
print(r3(), r0()) print(r3(), (r0())) print(r0(), r3())
print(select("#", r0()), select("#", r1()), select("#", r2()), select("#", r3()))
print(#{ r0() }, #{ r1() }, #{ r2() }, #{ r3() }, #{ r3(), r3() }, #{ (r3()) }, #{ r3(), nil })
local a, b, c = r0() print(a, b, c)
a, b, c = r1() print(a, b, c)
a, b, c = r2() print(a, b, c)
a, b, c = r3() print(a, b, c)
a, b, c = 0, r3() print(a, b, c)
a, b, c = r3(), 10 print(a, b, c)
a = r3() print(a)
for _, n in ipairs { 0, 1, 2, 3, 10, 49, 50, 51, 100, 200, 250, 255, 256, 300, 1000, 5000 } do
  assert(select("#", rn(n)) == n)
  local t = { rn(n) }
  assert(#t == n and t[n] == (n > 0 and n or nil))
  t = { 0, 0, 0, rn(n) }
  assert(#t == n + 3 and t[n + 3] == (n > 0 and n or 0))
  assert(select("#", 0, rn(n)) == n + 1)
  assert(select("#", (function(...) return ... end)(rn(n))) == n)
  assert(select("#", pcall(rn, n)) == n + 1)
  assert(select("#", coroutine.wrap(function() return rn(n) end)()) == n)
  assert(select("#", coroutine.wrap(function(...) coroutine.yield(...) end)(rn(n))) == n)
end
local function tail(...) return select("#", ...), ... end
print(tail()) print(tail(nil)) print(tail(nil, nil)) print(tail(r3())) print(tail(r3(), r3()))
print(pcall(r0)) print(pcall(r3))
print((select("#", (function() return r0() end)())))
assert(type(pcall) == "function" and not pcall(type, r0()))
print(pcall(type, r0()))
print(pcall(type, (r0())))

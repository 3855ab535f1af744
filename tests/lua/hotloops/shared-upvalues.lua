-- Locals of a hot loop's function that other functions share.

-- A small function that the loop calls changes what the loop has.
local function counted()
  local n = 0
  local function increase() n = n + 1 end
  local turns = 0
  while n < 1000 do increase() turns = turns + 1 end
  return n, turns
end
print(counted())

local function summed()
  local s = 0
  local function add(x) s = s + x end
  for i = 1, 2000 do
    add(i)
    s = s % 1000
  end
  return s
end
print(summed())

-- The number that a loop stops at, and its variable.
local function moving()
  local limit, seen = 10, 0
  local function farther(by) if limit < 2000 then limit = limit + by end end
  local i = 0
  while i < limit do
    i = i + 1
    if i % 3 ~= 0 then farther(2) end
    seen = seen + limit
  end
  return i, limit, seen
end
print(moving())

local function variables()
  local seen = 0
  for i = 1, 1000 do
    local function twice() i = i * 2 end
    twice()
    if i % 3 == 0 then twice() end
    seen = seen + i
  end
  return seen
end
print(variables())

-- One loop, one text of a function, but now it shares the loop's local and now another's.
local function make(other)
  local n = 0
  local function increase() n = n + 1 end
  local f = other or increase
  for i = 1, 1000 do
    f()
    if n > 500 then n = 0 end
  end
  return increase, n, function() return n end
end
local increase, n, get = make()
print(n, get())
local _, m, get_other = make(increase)
print(m, get_other(), get())
_, m = make()
print(m)
_, m = make(increase)
print(m, get())

-- Two of them by turns, in one loop.
local function by_turns()
  local a, b, out = 0, 0, 0
  local function of(which)
    if which == 1 then return function(x) a = a + x end end
    return function(x) b = b - x end
  end
  local fs = { of(1), of(2) }
  for round = 1, 6 do
    local f = fs[round % 2 + 1]
    for i = 1, 500 do
      f(i)
      a, b = a % 777, b % 555
      out = (out * 3 + a + b) % 1000003
    end
  end
  return a, b, out
end
print(by_turns())

-- Several calls deep, and through tables.
local function deep()
  local x, t = 1, {}
  local function set(v) x = v end
  local function through(v) set(v + 1) return x end
  function t.go(v) local w = through(v) set(w * 2) return w end
  local sum = 0
  for i = 1, 1500 do
    local before = x
    local got = t.go(i)
    sum = (sum + before + got * 3 + x * 5) % 1000003
  end
  return sum, x
end
print(deep())

-- What is shared becomes another kind of value.
local function kinds()
  local v = 0
  local function set(i)
    if i % 300 == 0 then v = "s" .. i elseif i % 301 == 0 then v = { i } elseif i % 302 == 0 then v = nil else v = i end
  end
  local seen = ""
  local sum = 0
  for i = 1, 1300 do
    set(i)
    if type(v) == "number" then sum = sum + v else seen = seen .. " " .. type(v) end
  end
  return sum, seen
end
print(kinds())

-- Closures made in a loop: each has its own, or all have one.
local function closures()
  local fs, shared = {}, 0
  for i = 1, 800 do
    local own = i
    fs[i] = function(x) own = own + x; shared = shared + own; return own end
  end
  local sum = 0
  for round = 1, 3 do
    for i = 1, 800 do sum = (sum + fs[i](round)) % 1000003 end
  end
  return sum, shared
end
print(closures())

-- Functions that read and write one variable in turns, and the loop, too.
local function pair()
  local v = 0
  local function get() return v end
  local function set(x) v = x end
  local wrong = 0
  for i = 1, 2000 do
    set(i)
    if v ~= i or get() ~= i then wrong = wrong + 1 end
    v = -i
    if get() ~= -i then wrong = wrong + 1 end
    set(get() + 1)
    if v ~= 1 - i then wrong = wrong + 1 end
  end
  return wrong, v
end
print(pair())

-- A coroutine and its maker share one.
local function coroutines()
  local v = 0
  local co = coroutine.wrap(function() while true do for i = 1, 7 do v = v + i end coroutine.yield(v) v = v * 2 % 1000 end end)
  local sum = 0
  for i = 1, 1200 do
    v = v + 1
    local got = co()
    sum = (sum + got + v) % 1000003
  end
  return sum, v
end
print(coroutines())

-- ... by debug.setupvalue, debug.setlocal.
local function by_debug()
  local v, n = 1, 0
  local function f() return v end
  for i = 1, 1500 do
    if i % 400 == 0 then debug.setupvalue(f, 1, i) end
    if i % 500 == 0 then debug.setlocal(1, 2, -i) end
    n = n + v + f()
  end
  return n, v
end
print(by_debug())

-- What a function that the loop calls has itself shared, in frames that come and go at one place.
local function fresh()
  local sum = 0
  local function maker(i)
    local n = i
    local function inc() n = n + 1 end
    inc() inc()
    return n, inc
  end
  for i = 1, 1000 do
    local n, inc = maker(i)
    inc()
    sum = sum + n
  end
  return sum
end
print(fresh())

-- Upvalue factories: functions that make functions that make functions.
local function adder(a) return function(b) return a + b end end
print(adder(1)(2), adder(10)(20))
local function curry(f, n)
  local function step(args, k)
    if k == 0 then return f(unpack(args, 1, n)) end
    return function(x)
      local copy = { unpack(args) }
      copy[#copy + 1] = x
      return step(copy, k - 1)
    end
  end
  return step({}, n)
end
print(curry(function(a, b, c) return a * 100 + b * 10 + c end, 3)(1)(2)(3))
local function compose(...)
  local fs = { ... }
  return function(...)
    local r = { ... }
    for i = #fs, 1, -1 do r = { fs[i](unpack(r)) } end
    return unpack(r)
  end
end
print(compose(adder(1), adder(10), function(x) return x * 2 end)(5))
local function account(balance)
  local self = {}
  function self.deposit(n) balance = balance + n end
  function self.balance() return balance end
  function self.child() return account and self end
  return self
end
local a, b = account(100), account(5)
a.deposit(50) b.deposit(1)
assert(a.balance() == 150 and b.balance() == 6)
local made = {}
for i = 1, 5 do
  local square = i * i
  made[i] = function(add) square = square + (add or 0) return i, square end
end
for i = 1, 5 do print(made[i](i)) end
for i = 1, 5 do assert(select(2, made[i]()) == i * i + i) end

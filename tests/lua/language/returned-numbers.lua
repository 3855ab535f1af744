-- Functions that return what the instruction before has computed, to callers that want one value, none, two or all, and
-- where what is computed is no number after all; and functions that return while variables of theirs are captured.
local vector = {}
vector.__add = function(a, b) return "sum" end
vector.__mul = function(a, b) return { "product" } end
vector.__unm = function() return nil end
vector.__mod = function() return false end
local v = setmetatable({}, vector)

local function add(a, b) return a + b end
local function twice(a) return a * 2 end
local function minus(a) return -a end
local function rest(a, b) return a % b end
local function small(a) return a % 7 end
local function power(a, b) return a ^ b end
local function mixed(a, b) local c = a - b return c * c + 1 end
local function either(a, b) local c if a then c = b + 1 else c = b - 1 end return c end
local function looped(n) local c = 0 for i = 1, n do c = c + i if c > 10 then return c end end return c end
local function jumped(a) local c = a + 1 while c < 10 do c = c + 3 end return c end
local up = 5
local function of_upvalue() return up end
local function and_upvalue(a) return up + a end
local function stored(a) up = a + 1 return up end
local function both(a, b) return a + b, a - b end
local function captured(a)
  local c = a
  local f = function() c = c + 1 return c end
  f()
  return c + 1, f
end
local function captured_one(a)
  local c = a
  local f = function() c = c + 1 return c end
  f()
  return c + 1
end

local function try(f, ...)
  f(...)
  local one = f(...)
  local x, y, z = f(...)
  local list = { f(...) }
  print(tostring((f(...))), one == nil, x == one or type(x) == "table", z, #list, select("#", f(...)), pcall(f, ...))
end
try(add, 1, 2) try(twice, 4) try(minus, 3) try(rest, 7, 4) try(small, 9) try(power, 2, 10) try(mixed, 5, 3)
try(either, true, 1) try(either, false, 1) try(looped, 3) try(looped, 30) try(jumped, 1) try(jumped, 20)
try(of_upvalue) try(and_upvalue, 2) try(stored, 7) try(both, 1, 2) try(captured_one, 3)
try(add, "10", 1) try(twice, "0x10") try(minus, "5")
try(add, v, 1) try(minus, v) try(rest, v, 2) try(small, v)
print(type(twice(v)), twice(v)[1])
print(add(0 / 0, 1) ~= add(0 / 0, 1), 1 / minus(0), add(2 ^ 53, 1))
for _, f in ipairs({ add, twice, minus, rest, mixed, either, and_upvalue }) do print(pcall(f, {}, {})) end

-- As metamethods, comparators, iterators, in coroutines and tail calls.
local t = setmetatable({}, { __index = function(_, k) return k + 1 end, __call = function(_, a) return a * 3 end,
  __lt = function(a, b) return 1 - 1 end, __unm = function() return up * 2 end })
print(t[4], t(5), t < t, -t, not (t < t))
local numbers = { 3, 1, 2 }
table.sort(numbers, function(a, b) return a < b end)
print(unpack(numbers))
for i in function(_, i) if i < 3 then return i + 1 end end, nil, 0 do io.write(i, " ") end
print()
local co = coroutine.wrap(function(a) coroutine.yield(add(a, 1)) return a + 2 end)
print(co(1), co())
print((function() return add(1, 1) end)(), (string.gsub("abc", "%a", function(c) return c:byte() + 1 end)))

-- Return events of both kinds of returns.
for _, f in ipairs({ add, mixed, captured_one, both }) do
  local events = {}
  debug.sethook(function(event) events[#events + 1] = event end, "cr")
  local x = f(3, 4)
  debug.sethook()
  print(#events, events[1], events[2], x)
end
local lines = {}
debug.sethook(function(_, line) lines[#lines + 1] = line end, "l")
local x = mixed(1, 2) + looped(9)
debug.sethook()
print(#lines, x)
local count = 0
debug.sethook(function() count = count + 1 end, "", 1)
x = mixed(1, 2) + captured_one(9)
debug.sethook()
print(count, x)

-- Closures with any number of upvalues, from variables and from upvalues.
for n = 0, 60 do
  local names, inner = {}, {}
  for i = 1, n do names[i] = "v" .. i inner[i] = "v" .. i end
  local sum = n > 0 and table.concat(inner, " + ") or "0"
  local code = (n > 0 and "local " .. table.concat(names, ", ") .. " = ... " or "") .. "local function f() return " .. sum ..
    " end local function g() return function() return " .. sum .. " end end " .. (n > 0 and "v1 = v1 + 1 " or "") .. "return f, g()"
  local values = {}
  for i = 1, n do values[i] = i end
  local f, g = assert(loadstring(code))(unpack(values))
  assert(f() == n * (n + 1) / 2 + (n > 0 and 1 or 0) and g() == f(), n)
end
local keep = {}
for i = 1, 3000 do
  local a, b = i, { i }
  local value, f = captured(i)
  keep[i % 50] = function() a = a + b[1] return a + value + f() end
  if i % 100 == 0 then collectgarbage("step", 10) end
end
local total = 0
for i = 0, 49 do total = total + keep[i]() + keep[i]() end
print(total)

-- Functions that are called by one word: the closure of the last time, another of the same code, of other code, and what dies in between.

local function make(n) return function(x) return x * 2 + n end end
local function call(f, x) return f(x) end

-- The same one, then each another of the same code, then other code, natives, objects.
local first = make(3)
local h = 0
for i = 1, 3000 do h = (h * 3 + call(first, i)) % 65521 end
print(h)
local list = {}
for i = 1, 10 do list[i] = make(i) end
for i = 1, 3000 do h = (h * 3 + call(list[i % 10 + 1], i)) % 65521 end
print(h)
list[4] = function(x) return x - 1 end
list[7] = math.abs
list[9] = setmetatable({}, { __call = function(_, x) return x + 0.5 end })
for i = 1, 3000 do h = (h * 3 + call(list[i % 10 + 1], i)) % 65521 end
print(h)
list[2] = nil
print(pcall(function() for i = 1, 3000 do h = (h * 3 + call(list[i % 10 + 1], i)) % 65521 end end))

-- Closures that are called once, and die; others come to lie where they were.
for i = 1, 30000 do
  local f = i % 3 == 0 and make(i) or i % 3 == 1 and function(x) return x + i end or function(x, y) return x .. (y or "") end
  local v = call(f, i)
  h = (h * 3 + (tonumber(v) or 1)) % 65521
  if i % 5000 == 0 then collectgarbage() end
end
print(h)

-- Recursion: by the closure itself, and from one closure of a function to another.
local function tree(depth)
  local function count(n)
    if n == 0 then return 1 end
    return count(n - 1) + count(n - 1)
  end
  return count(depth)
end
local sum = 0
for i = 1, 300 do sum = sum + tree(i % 6) end
print(sum)
local ping
local function pair(k)
  local other
  local function go(n, limit)
    if n >= limit then return k end
    return (other or go)(n + 1, limit) + k
  end
  return go, function(f) other = f end
end
local a, set_a = pair(1)
local b, set_b = pair(10)
for i = 1, 500 do sum = sum + a(0, i % 20) end
print(sum)
set_a(b) set_b(a)
for i = 1, 500 do sum = sum + a(0, i % 20) + b(0, i % 7) end
print(sum)
local c, set_c = pair(100)
set_b(c) set_c(a)
for i = 1, 500 do
  sum = sum + a(0, i % 20)
  if i % 100 == 0 then set_a(i % 200 == 0 and b or c) collectgarbage() end
end
print(sum)
set_c(function(n, limit) return n * limit end)
for i = 1, 500 do sum = sum + a(0, i % 20) end
print(sum)
set_c(5)
print(pcall(function() for i = 1, 500 do sum = sum + a(0, i % 20) end end))

-- Tail calls and iterators likewise.
local function tail(f, n) if n == 0 then return f(n) end return tail(f, n - 1) end
for i = 1, 2000 do sum = sum + tail(i % 100 == 0 and make(i) or first, i % 5) end
print(sum)
local function range(n) local i = 0 return function() i = i + 1 if i <= n then return i end end end
for i = 1, 2000 do for v in range(i % 5) do sum = sum + v end end
print(sum)

-- What is computed and compared: numbers, NaNs, strings that are numbers, what has a metamethod.
local odd = setmetatable({}, { __mod = function(_, m) return m == 2 and 1 or "none" end })
local values, counts = { 1, 2, 3.5, "4", "7", 0 / 0, 1 / 0, odd, -3 }, { 0, 0, 0 }
for i = 1, 3000 do
  local v = i < 1500 and i or values[i % #values + 1]
  if v % 2 == 1 then counts[1] = counts[1] + 1 end
  if v % 3 ~= 0 then counts[2] = counts[2] + 1 end
  if 1 == v % 5 then counts[3] = counts[3] + 1 end
end
print(unpack(counts))

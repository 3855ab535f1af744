-- Reading and writing upvalues: own, shared, two levels up.
local scale = tonumber((...)) or 1

local a, b, c = 0, 1, 2
local function outer()
  local d = 0
  local function inner(i)
    a = a + i; b = b + a % 7; c = c + b % 5; d = d + c % 3
    return d
  end
  local function reset() if d > 100000 then d = 0; a = a % 1000; b = b % 1000; c = c % 1000 end end
  return inner, reset
end

local inner, reset = outer()
local sum = 0
for i = 1, math.floor(3600000 * scale) do
  sum = sum + inner(i)
  if i % 16 == 0 then reset() end
end
print(string.format("%.14g", sum))

-- while and repeat loops with branches: Collatz lengths and greatest common divisors.
local scale = tonumber((...)) or 1

local function collatz(n)
  local steps = 0
  while n ~= 1 do
    if n % 2 == 0 then n = n / 2 else n = 3 * n + 1 end
    steps = steps + 1
  end
  return steps
end
local function gcd(a, b) repeat a, b = b, a % b until b == 0; return a end

local best, at, sum = 0, 0, 0
for i = 1, math.floor(140000 * scale) do
  local s = collatz(i)
  if s > best then best, at = s, i end
  sum = sum + gcd(i, 360)
end
print(best, at, sum)

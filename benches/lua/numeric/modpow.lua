-- Remainders, powers and the functions of the math library.
local scale = tonumber((...)) or 1
local floor, sqrt, abs, max, min, sin = math.floor, math.sqrt, math.abs, math.max, math.min, math.sin

local function modpow(b, e, m)
  local r = 1
  b = b % m
  while e > 0 do
    if e % 2 == 1 then r = r * b % m end
    b = b * b % m
    e = floor(e / 2)
  end
  return r
end
local sum, x = 0, 0
for i = 1, floor(620000 * scale) do
  sum = sum + modpow(i, 997, 65521)
  x = x + abs(sin(i)) ^ 2 + sqrt(max(i % 10, 3)) - min(i, 2) ^ 0.5 + -i % 3
end
print(string.format("%.14g %.8f", sum, x))

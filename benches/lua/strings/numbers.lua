-- Numbers to text and back: tostring and tonumber of integers and fractions.
local scale = tonumber((...)) or 1

local length, sum = 0, 0
for i = 1, math.floor(340000 * scale) do
  local s = tostring(i)
  local f = tostring(i / 8 + 0.0625)
  length = length + #s + #f
  sum = sum + tonumber(s) % 7 + tonumber(f) + (tonumber("0x" .. i % 10) or 0)
end
print(length, string.format("%.10g", sum))

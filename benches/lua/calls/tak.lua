-- Takeuchi's function: three arguments, calls as arguments, a tail call.
local scale = tonumber((...)) or 1

local function tak(x, y, z)
  if y >= x then return z end
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
end

local sum = 0
for i = 1, math.floor(630 * scale + 0.5) do sum = sum + tak(14 + i % 3, 8, 3) end
print(string.format("%.14g", sum))

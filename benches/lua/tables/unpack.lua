-- unpack and constructors: argument lists from tables and back.
local scale = tonumber((...)) or 1
local unpack = unpack or table.unpack

local function add(a, b, c, d) return a + b + c + (d or 0) end
local sum, long = 0, {}
for i = 1, 50 do long[i] = i end
for i = 1, math.floor(1500000 * scale) do
  local t = { i, 2, 3, 4 }
  sum = sum + add(unpack(t)) % 7
  sum = sum + add(unpack(t, 2, 4))
  if i % 16 == 0 then local copy = { unpack(long) }; sum = sum + #copy end
end
print(sum)

-- A hash table with fractional, boolean, table and function keys.
local scale = tonumber((...)) or 1

local objects = {}
for i = 1, 2000 do objects[i] = i % 2 == 0 and { i } or function() return i end end
local sum = 0
for round = 1, math.floor(620 * scale) do
  local map = { [true] = 1, [false] = 2 }
  for i = 1, 4000 do map[i + 0.5] = i end
  for i = 1, 2000 do map[objects[i]] = i end
  for i = 1, 4000 do sum = sum + map[i + 0.5] + map[i % 2 == 0] end
  for i = 1, 2000 do sum = sum + map[objects[i]] end
end
print(sum)

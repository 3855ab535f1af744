-- A hash table with sparse and negative integer keys.
local scale = tonumber((...)) or 1

local sum = 0
for round = 1, math.floor(420 * scale + 0.5) do
  local map = {}
  for i = 1, 10000 do map[i * 64 - 300000] = i end
  for i = 1, 10000 do sum = sum + (map[i * 64 - 300000] or 0) end
  for i = 1, 20000 do if map[i] then sum = sum + 1 end end
  for i = 1, 10000, 3 do map[i * 64 - 300000] = nil end
end
print(sum)

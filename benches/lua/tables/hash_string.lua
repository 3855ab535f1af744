-- A hash table with string keys: build, look up, update, count words.
local scale = tonumber((...)) or 1

local keys = {}
for i = 1, 5000 do keys[i] = "key" .. i * 7 end
local sum = 0
for round = 1, math.floor(620 * scale) do
  local map = {}
  for i = 1, 5000 do map[keys[i]] = i end
  for i = 1, 5000, 2 do local k = keys[i]; map[k] = map[k] + 1 end
  for i = 1, 5000 do sum = sum + map[keys[i]] end
  for i = 1, 5000, 5 do map[keys[i]] = nil end
end
print(sum)

-- pairs, ipairs, next and numeric loops over the same tables.
local scale = tonumber((...)) or 1

local array, map = {}, {}
for i = 1, 1000 do array[i] = i; map["k" .. i] = i end
local sum = 0
for round = 1, math.floor(2400 * scale) do
  for i, v in ipairs(array) do sum = sum + v end
  for k, v in pairs(array) do sum = sum + v end
  for k, v in pairs(map) do sum = sum + v end
  local k, v = next(map)
  while k do sum = sum + v; k, v = next(map, k) end
  for i = 1, #array do sum = sum + array[i] end
  sum = sum % 1000003
end
print(sum)

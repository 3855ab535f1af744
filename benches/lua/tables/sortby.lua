-- table.sort with comparators: descending numbers, records by field.
local scale = tonumber((...)) or 1
local sort = table.sort

local sum = 0
for round = 1, math.floor(20 * scale + 0.5) do
  local seed, numbers, records = round, {}, {}
  for i = 1, 12000 do
    seed = (seed * 16807) % 2147483647
    numbers[i] = seed
    records[i] = { key = seed % 5000, name = i }
  end
  sort(numbers, function(a, b) return a > b end)
  sort(records, function(a, b) return a.key < b.key end)
  sum = sum + numbers[1] % 1000 + records[1].key + records[12000].key
end
print(sum)

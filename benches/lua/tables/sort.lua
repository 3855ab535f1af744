-- table.sort without a comparator: numbers in random, sorted and reversed order, strings.
local scale = tonumber((...)) or 1
local sort = table.sort

local sum = 0
for round = 1, math.floor(23 * scale + 0.5) do
  local seed, random, up, down, words = round, {}, {}, {}, {}
  for i = 1, 20000 do
    seed = (seed * 16807) % 2147483647
    random[i] = seed; up[i] = i; down[i] = -i
    if i % 4 == 0 then words[#words + 1] = "w" .. seed % 100000 end
  end
  sort(random); sort(up); sort(down); sort(words)
  sum = sum + random[1] % 1000 + up[5] - down[5] + words[100]:byte(2)
end
print(sum)

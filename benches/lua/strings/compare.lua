-- Comparison of strings: equality, order, as keys of sorting.
local scale = tonumber((...)) or 1

local words, seed = {}, 7
for i = 1, 2000 do
  seed = (seed * 16807) % 2147483647
  words[i] = "prefix" .. seed % 5000 .. (i % 3 == 0 and "tail" or "")
end
local less, equal = 0, 0
for round = 1, math.floor(4500 * scale) do
  local pivot = words[round % 2000 + 1]
  for i = 1, 2000 do
    local w = words[i]
    if w < pivot then less = less + 1 end
    if w == pivot then equal = equal + 1 end
    if w >= "prefix3" then less = less + 1 end
  end
end
print(less, equal)

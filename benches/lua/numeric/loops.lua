-- Nested numeric for loops, additions and comparisons of locals.
local scale = tonumber((...)) or 1

local n = math.floor(6500 * math.sqrt(scale))
local x, y = 0, 0
for i = 1, n do
  for j = 1, n do
    x = x + j
    if x > 1000000 then x = x - 1000000; y = y + 1 end
  end
end
print(x, y)

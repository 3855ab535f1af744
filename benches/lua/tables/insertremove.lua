-- table.insert and table.remove at the end, in front and in the middle.
local scale = tonumber((...)) or 1
local insert, remove = table.insert, table.remove

local sum = 0
for round = 1, math.floor(280 * scale + 0.5) do
  local t = {}
  for i = 1, 200 do insert(t, 1, i) end
  for i = 1, 200 do insert(t, 100, i) end
  for i = 1, 3000 do insert(t, i); sum = sum + remove(t) end
  while #t > 200 do sum = sum + remove(t, 50) end
  while #t > 0 do sum = sum + remove(t, 1) end
end
print(sum)

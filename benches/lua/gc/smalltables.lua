-- Short-lived records with three fields, some kept in a ring.
local scale = tonumber((...)) or 1

local ring, sum = {}, 0
for i = 1, math.floor(1600000 * scale) do
  local point = { x = i, y = i % 7, z = 1 }
  if i % 4 == 0 then ring[i % 1024 + 1] = point end
  local old = ring[(i * 5) % 1024 + 1]
  sum = sum + point.x - (old and old.x or 0) % 3
end
print(string.format("%.14g", sum))

-- Pseudo-random numbers by arithmetic, a histogram, a Monte Carlo estimate.
local scale = tonumber((...)) or 1
local floor = math.floor

local seed = 42
local function random()
  seed = (seed * 16807) % 2147483647
  return seed / 2147483647
end
local histogram, hits = {}, 0
for i = 1, 64 do histogram[i] = 0 end
for i = 1, floor(3500000 * scale) do
  local x, y = random(), random()
  if x * x + y * y < 1 then hits = hits + 1 end
  local bin = floor(x * 64) + 1
  histogram[bin] = histogram[bin] + 1
end
local most = 0
for i = 1, 64 do if histogram[i] > most then most = histogram[i] end end
print(hits, most)

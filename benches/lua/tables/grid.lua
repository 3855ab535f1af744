-- Two-dimensional arrays: the game of Life on a torus.
local scale = tonumber((...)) or 1

local w, h = 64, 64
local grid, seed = {}, 11
for y = 1, h do
  grid[y] = {}
  for x = 1, w do seed = (seed * 16807) % 2147483647; grid[y][x] = seed % 3 == 0 and 1 or 0 end
end
local function step(g)
  local new = {}
  for y = 1, h do
    local up, row, down, out = g[y == 1 and h or y - 1], g[y], g[y == h and 1 or y + 1], {}
    for x = 1, w do
      local l, r = x == 1 and w or x - 1, x == w and 1 or x + 1
      local n = up[l] + up[x] + up[r] + row[l] + row[r] + down[l] + down[x] + down[r]
      out[x] = (n == 3 or n == 2 and row[x] == 1) and 1 or 0
    end
    new[y] = out
  end
  return new
end
for _ = 1, math.floor(800 * scale) do grid = step(grid) end
local alive = 0
for y = 1, h do for x = 1, w do alive = alive + grid[y][x] end end
print(alive)

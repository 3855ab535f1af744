-- The Mandelbrot set: floating point in three nested loops.
local scale = tonumber((...)) or 1
local n = math.floor(670 * math.sqrt(scale))

local inside = 0
for py = 0, n - 1 do
  local ci = 2 * py / n - 1
  for px = 0, n - 1 do
    local cr = 2 * px / n - 1.5
    local zr, zi, zr2, zi2 = 0, 0, 0, 0
    local member = 1
    for _ = 1, 50 do
      zi = 2 * zr * zi + ci
      zr = zr2 - zi2 + cr
      zr2, zi2 = zr * zr, zi * zi
      if zr2 + zi2 > 4 then member = 0; break end
    end
    inside = inside + member
  end
end
print(inside)

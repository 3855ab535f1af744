-- Numeric kernels as in SciMark: FFT and back, LU with pivots, successive over-relaxation, Monte Carlo, sparse products.
local scale = tonumber((...)) or 1
local floor, sin, cos, abs, pi = math.floor, math.sin, math.cos, math.abs, math.pi

local Random = {}
Random.__index = Random
function Random.new(seed) return setmetatable({ seed = seed }, Random) end
function Random:next()
  self.seed = (self.seed * 16807) % 2147483647
  return self.seed / 2147483647
end

local function fft(re, im, direction)
  local n = #re
  local j = 1
  for i = 1, n - 1 do
    if i < j then
      re[i], re[j] = re[j], re[i]
      im[i], im[j] = im[j], im[i]
    end
    local k = n / 2
    while k < j and k >= 1 do
      j = j - k
      k = k / 2
    end
    j = j + k
  end
  local size = 1
  while size < n do
    local angle = direction * pi / size
    local wr, wi, sr, si = 1, 0, cos(angle), sin(angle)
    for m = 1, size do
      for i = m, n, 2 * size do
        local k = i + size
        local tr, ti = wr * re[k] - wi * im[k], wr * im[k] + wi * re[k]
        re[k], im[k] = re[i] - tr, im[i] - ti
        re[i], im[i] = re[i] + tr, im[i] + ti
      end
      wr, wi = wr * sr - wi * si, wr * si + wi * sr
    end
    size = size * 2
  end
end
local function transforms(random, n, times)
  local re, im, first = {}, {}, {}
  for i = 1, n do
    re[i], im[i] = random:next(), random:next()
    first[i] = re[i]
  end
  for t = 1, times do
    fft(re, im, 1)
    fft(re, im, -1)
    for i = 1, n do re[i], im[i] = re[i] / n, im[i] / n end
  end
  local wrong = 0
  for i = 1, n do wrong = math.max(wrong, abs(re[i] - first[i])) end
  return wrong < 1e-9
end

local function factor(a)
  local n, pivots = #a, {}
  for j = 1, n do
    local p, most = j, abs(a[j][j])
    for i = j + 1, n do
      local v = abs(a[i][j])
      if v > most then p, most = i, v end
    end
    pivots[j] = p
    if p ~= j then a[p], a[j] = a[j], a[p] end
    local top = a[j]
    local inverse = 1 / top[j]
    for i = j + 1, n do a[i][j] = a[i][j] * inverse end
    for i = j + 1, n do
      local row = a[i]
      local x = row[j]
      for k = j + 1, n do row[k] = row[k] - x * top[k] end
    end
  end
  return pivots
end
local function solve(a, pivots, b)
  local n = #a
  for i = 1, n do
    local p = pivots[i]
    b[i], b[p] = b[p], b[i]
  end
  for i = 1, n do
    for j = 1, i - 1 do b[i] = b[i] - a[i][j] * b[j] end
  end
  for i = n, 1, -1 do
    for j = i + 1, n do b[i] = b[i] - a[i][j] * b[j] end
    b[i] = b[i] / a[i][i]
  end
  return b
end
local function equations(random, n)
  local a, b = {}, {}
  for i = 1, n do
    a[i], b[i] = {}, 0
    for j = 1, n do
      a[i][j] = random:next()
      b[i] = b[i] + a[i][j] * j
    end
  end
  local x, wrong = solve(a, factor(a), b), 0
  for i = 1, n do wrong = math.max(wrong, abs(x[i] - i)) end
  return wrong < 1e-5
end

local function relax(grid, omega, times)
  local n = #grid
  local quarter, rest = omega * 0.25, 1 - omega
  for t = 1, times do
    for i = 2, n - 1 do
      local up, row, down = grid[i - 1], grid[i], grid[i + 1]
      for j = 2, n - 1 do
        row[j] = quarter * (up[j] + down[j] + row[j - 1] + row[j + 1]) + rest * row[j]
      end
    end
  end
end

local function montecarlo(random, n)
  local inside = 0
  for i = 1, n do
    local x, y = random:next(), random:next()
    if x * x + y * y <= 1 then inside = inside + 1 end
  end
  return inside
end

local function sparse(random, n, each, times)
  local values, columns, starts, x, y = {}, {}, { 1 }, {}, {}
  for row = 1, n do
    for k = 1, each do
      values[#values + 1] = random:next() - 0.5
      columns[#columns + 1] = floor(random:next() * n) + 1
    end
    starts[row + 1] = #values + 1
    x[row], y[row] = 1, 0
  end
  for t = 1, times do
    local norm = 0
    for row = 1, n do
      local sum = 0
      for k = starts[row], starts[row + 1] - 1 do sum = sum + x[columns[k]] * values[k] end
      y[row] = sum
      norm = norm + sum * sum
    end
    norm = norm ^ 0.5
    for row = 1, n do x[row] = y[row] / norm end
  end
  local norm = 0
  for row = 1, n do norm = norm + x[row] * x[row] end
  return abs(norm - 1) < 1e-9
end

local random = Random.new(101010)
local good, inside, middle = 0, 0, 0
for round = 1, math.max(1, floor(100 * scale + 0.5)) do
  if transforms(random, 512, 2) then good = good + 1 end
  if equations(random, 40) then good = good + 1 end
  local grid = {}
  for i = 1, 40 do
    grid[i] = {}
    for j = 1, 40 do grid[i][j] = random:next() end
  end
  relax(grid, 1.25, 30)
  middle = middle + floor(grid[20][20] * 1e6)
  inside = inside + montecarlo(random, 20000)
  if sparse(random, 300, 6, 20) then good = good + 1 end
end
print(("%d %d %d"):format(good, inside, middle))

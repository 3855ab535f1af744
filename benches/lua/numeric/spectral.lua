-- Spectral norm: a function of two numbers called in inner loops over arrays.
local scale = tonumber((...)) or 1
local n = math.floor(440 * math.sqrt(scale))

local function entry(i, j) local d = i + j - 1; return 1 / (d * (d - 1) * 0.5 + i) end
local function times(x, y)
  for i = 1, n do
    local sum = 0
    for j = 1, n do sum = sum + x[j] * entry(i, j) end
    y[i] = sum
  end
end
local function transposed(x, y)
  for i = 1, n do
    local sum = 0
    for j = 1, n do sum = sum + x[j] * entry(j, i) end
    y[i] = sum
  end
end
local u, v, t = {}, {}, {}
for i = 1, n do u[i] = 1 end
for _ = 1, 10 do times(u, t); transposed(t, v); times(v, t); transposed(t, u) end
local uv, vv = 0, 0
for i = 1, n do uv = uv + u[i] * v[i]; vv = vv + v[i] * v[i] end
print(string.format("%.9f", math.sqrt(uv / vv)))

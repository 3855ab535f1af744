-- Product of matrices held as arrays of arrays.
local scale = tonumber((...)) or 1
local n = math.floor(260 * scale ^ (1 / 3))

local function matrix(n, f)
  local m = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = f(i, j) end
    m[i] = row
  end
  return m
end
local function multiply(a, b)
  local c = {}
  local columns = matrix(n, function(i, j) return b[j][i] end)
  for i = 1, n do
    local row, out = a[i], {}
    for j = 1, n do
      local column, sum = columns[j], 0
      for k = 1, n do sum = sum + row[k] * column[k] end
      out[j] = sum
    end
    c[i] = out
  end
  return c
end
local a = matrix(n, function(i, j) return (i - j) * (i + j) / n end)
local b = matrix(n, function(i, j) return (i + 2 * j) % 7 end)
local c = multiply(multiply(a, b), b)
print(string.format("%.10g", c[math.floor(n / 2)][math.floor(n / 3)]))

-- Field reads and writes of records, constant and computed names.
local scale = tonumber((...)) or 1

local r = { alpha = 1, beta = 2, gamma = 3, delta = 4, total = 0 }
local names = { "alpha", "beta", "gamma", "delta" }
for i = 1, math.floor(2600000 * scale) do
  r.alpha = r.beta + 1
  r.beta = r.gamma - r.delta
  r.gamma = r.alpha % 7
  local name = names[i % 4 + 1]
  r[name] = r[name] + 1
  r.total = (r.total + r.alpha + r.beta + r.gamma + r.delta) % 99991
end
print(r.total)

-- Closure churn: short-lived closures with one to three upvalues.
local scale = tonumber((...)) or 1

local sum = 0
local kept = {}
for i = 1, math.floor(1600000 * scale) do
  local a, b = i, i % 3
  local f = function() return a end
  local g = function() return a + b + sum end
  sum = (sum + f() % 5 + g()) % 1000003
  kept[i % 512] = g
end
print(sum, kept[7]() >= 0)

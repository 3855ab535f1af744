-- Making closures and calling each a few times: counters, adders, composition.
local scale = tonumber((...)) or 1

local function counter(start)
  local value = start
  return function(step) value = value + step; return value end
end
local function compose(f, g) return function(x) return f(g(x)) end end

local sum = 0
for i = 1, math.floor(1200000 * scale) do
  local c = counter(i)
  c(1); c(2)
  local h = compose(c, function(x) return x * 2 end)
  sum = (sum + h(3)) % 1000003
end
print(string.format("%.14g", sum))

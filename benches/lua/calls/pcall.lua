-- Protected calls that succeed, nested and with results.
local scale = tonumber((...)) or 1
local pcall = pcall

local function work(a, b) return a + b, a - b end
local function nested(a) local ok, x = pcall(work, a, 1); return x end

local sum = 0
for i = 1, math.floor(2400000 * scale) do
  local ok, x, y = pcall(work, i, 2)
  if ok then sum = sum + x % 5 + y % 3 end
  local _, z = pcall(nested, i)
  sum = sum + z % 7
end
print(string.format("%.14g", sum))

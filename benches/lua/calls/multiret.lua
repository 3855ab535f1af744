-- Several results: adjusting, swapping, into constructors and argument lists.
local scale = tonumber((...)) or 1

local function divmod(a, b) local r = a % b; return (a - r) / b, r end
local function minmax(a, b, c)
  local lo, hi = a, a
  if b < lo then lo = b elseif b > hi then hi = b end
  if c < lo then lo = c elseif c > hi then hi = c end
  return lo, hi, a
end
local function third(_, _, x) return x end

local sum = 0
for i = 1, math.floor(2700000 * scale) do
  local q, r = divmod(i, 7)
  local lo, hi = minmax(q, r, 3)
  sum = sum + lo + hi % 11 + third(minmax(r, lo, hi))
end
print(string.format("%.14g", sum))

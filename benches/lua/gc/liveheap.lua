-- Churn beside a big live heap: what marking costs.
local scale = tonumber((...)) or 1

local live = {}
for i = 1, 100000 do live[i] = { i, name = "n" .. i % 100, next = live[i - 1] } end
local sum = 0
for i = 1, math.floor(1800000 * scale) do
  local t = { i, i + 1 }
  local l = live[i % 100000 + 1]
  l[1] = t[2]
  sum = sum + (l.next and l.next[1] or 0) % 13
end
print(string.format("%.14g", sum))

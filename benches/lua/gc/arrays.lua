-- Short-lived arrays of differing length, filled one by one and by constructor.
local scale = tonumber((...)) or 1

local sum = 0
for i = 1, math.floor(720000 * scale) do
  local t = { i, i + 1, i + 2, i + 3 }
  local u = {}
  for j = 1, i % 24 do u[j] = j end
  sum = sum + #t + #u + t[3] % 5
end
print(string.format("%.14g", sum))

-- Appending: t[#t + 1], table.insert, a counted index.
local scale = tonumber((...)) or 1
local insert = table.insert

local sum = 0
for round = 1, math.floor(66 * scale + 0.5) do
  local a, b, c = {}, {}, {}
  for i = 1, 40000 do
    a[#a + 1] = i
    insert(b, i)
    c[i] = i
  end
  sum = sum + #a + #b + #c + a[round] + b[round * 2] + c[round * 3]
end
print(sum)

-- Lines gathered in a table and joined.
local scale = tonumber((...)) or 1

local sum = 0
for round = 1, math.floor(98 * scale + 0.5) do
  local out = {}
  for i = 1, 10000 do
    out[#out + 1] = "line "
    out[#out + 1] = i
    out[#out + 1] = "\n"
  end
  local s = table.concat(out)
  sum = sum + #s + s:byte(#s - round)
end
print(sum)

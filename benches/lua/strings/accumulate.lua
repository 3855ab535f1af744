-- A string that grows piece by piece: s = s .. piece.
local scale = tonumber((...)) or 1

local sum = 0
for round = 1, math.floor(60 * scale + 0.5) do
  local s = ""
  for i = 1, 4000 do s = s .. "item " .. i % 10 .. "\n" end
  sum = sum + #s + s:byte(round * 7)
end
print(sum)

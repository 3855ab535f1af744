-- The operator .. of two to six operands, numbers among them.
local scale = tonumber((...)) or 1

local length = 0
local a, b = "alpha", "beta"
for i = 1, math.floor(700000 * scale) do
  local s = a .. i
  local t = s .. "," .. b .. "," .. i % 100 .. ";"
  length = length + #s + #t
  if t == s then length = 0 end
end
print(length)

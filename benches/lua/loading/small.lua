-- Many tiny chunks compiled and run once each, as templates and configuration do.
local scale = tonumber((...)) or 1
local load = loadstring or load

local sum = 0
for i = 1, math.floor(110000 * scale) do
  local f = load("local a = ... return a + " .. i % 100)
  sum = sum + f(i)
  sum = sum + #load("return { x = 1, 'two', function(y) return y end }")()
end
print(sum)

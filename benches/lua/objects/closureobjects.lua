-- Objects as tables of closures over private state.
local scale = tonumber((...)) or 1

local function stack()
  local items, n = {}, 0
  return {
    push = function(x) n = n + 1; items[n] = x end,
    pop = function() local x = items[n]; items[n] = nil; n = n - 1; return x end,
    size = function() return n end,
  }
end
local sum = 0
for round = 1, math.floor(190000 * scale) do
  local s = stack()
  for i = 1, 12 do s.push(i * round % 13) end
  while s.size() > 0 do sum = sum + s.pop() end
end
print(sum)

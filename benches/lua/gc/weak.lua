-- Weak tables: a cache with weak values, a property table with weak keys.
local scale = tonumber((...)) or 1

local cache = setmetatable({}, { __mode = "v" })
local property = setmetatable({}, { __mode = "k" })
local hold, sum = {}, 0
for i = 1, math.floor(1100000 * scale) do
  local key = i % 5000
  local object = cache[key]
  if not object then object = { id = key }; cache[key] = object end
  property[object] = (property[object] or 0) % 7 + 1
  sum = sum + object.id % 11
  hold[i % 3000 + 1] = object
  local temporary = {}
  property[temporary] = i
end
print(string.format("%.14g", sum))

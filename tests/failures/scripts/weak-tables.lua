local k = setmetatable({}, {__mode = 'k'})
local v = setmetatable({}, {__mode = 'v'})
local both = setmetatable({}, {__mode = 'kv'})
for i = 1, 60 do
  k[{}] = {i}
  v[i] = {}
  both[{}] = {}
  v['x' .. i] = function()
    return i
  end
  if i % 20 == 0 then
    collectgarbage()
  end
end
collectgarbage()
assert(next(k) == nil)

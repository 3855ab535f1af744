-- Keys of one main position: the table becomes a seeded one.
local t = {}
for i = 1, 400 do
  t[i * 2 ^ 40] = i
end
local sum = 0
for k, v in pairs(t) do
  sum = sum + v
end
assert(sum == 400 * 401 / 2)
for i = 1, 400 do
  t[i * 2 ^ 40] = nil
  t['s' .. i] = true
end
assert(next(t))
-- Weak tables that grow, shrink and are cleared while they are filled.
for _, mode in ipairs {'k', 'v', 'kv'} do
  local weak = setmetatable({}, {__mode = mode})
  for i = 1, 150 do
    weak[{}] = {i}
    weak[i] = {}
    weak['x' .. i] = function() return i end
    if i % 40 == 0 then
      collectgarbage()
    end
  end
end
-- Arrays with holes, from both ends, and keys that move from the hash to the array.
local a = {}
for i = 200, 1, -1 do
  a[i] = {i}
end
for i = 1, 200, 2 do
  a[i] = nil
end
for i = 201, 400 do
  a[i] = i
end
assert(a[2][1] == 2 and a[400] == 400)
assert(not check(pcall(function() a[nil] = 1 end)) and not check(pcall(function() a[0 / 0] = 1 end)))

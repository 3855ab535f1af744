local t = {}
for i = 1, 200 do
  t['k' .. i] = i
  t[i * 1.5] = i
  t[{}] = i
end
local n = 0
for k, v in pairs(t) do
  n = n + v
end
assert(n > 60000)
for k in pairs(t) do
  t[k] = nil
end
assert(next(t) == nil)

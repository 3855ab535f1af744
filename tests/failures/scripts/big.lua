local t = {}
for i = 1, 3000 do
  t[i] = {i, tostring(i)}
end
local m = {}
for i, v in ipairs(t) do
  m[v[2]] = v
end
for i = 1, 3000 do
  assert(m[tostring(i)][1] == i)
end
t, m = nil
collectgarbage()

local t = {}
for i = 1, 64 do
  t[i] = i
  t['s' .. i] = i
end
for k in next, t do
  t[k] = nil
  collectgarbage('step')
end
assert(next(t) == nil)

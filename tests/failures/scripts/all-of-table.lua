local t = {}
for i = 1, 80 do
  table.insert(t, i)
  table.insert(t, 1, -i)
end
for i = 1, 20 do
  table.remove(t, 3)
end
assert(#t == 140 and table.getn(t) == 140 and table.maxn(t) == 140)
table.foreach({a = 1, b = 2}, function(k, v) t[k] = {v} end)
table.foreachi(t, function(i, v) t[i] = v + 0.5 return i == 100 or nil end)
assert(not check(pcall(table.setn, t, 1)))
t.a, t.b = nil, nil
table.sort(t)
table.sort(t, function(a, b) return tostring(a) < tostring(b) end)
assert(not check(pcall(table.sort, t, function() error({}) end)))
check(pcall(table.sort, t, function() return true end))
assert(not check(pcall(table.sort, {1, 'x', {}})))
assert(not check(pcall(table.concat, {1, {}, 3})))
assert(#table.concat(t, ', ', 2, 90) > 200)
local big = {}
for i = 1, 500 do
  big[i] = 'piece ' .. i
end
assert(#table.concat(big, ('-'):rep(50)) > 25000)
local words = {}
for i = 1, 200 do
  words[i] = 'w' .. (i * 7919) % 200
end
table.sort(words)
assert(words[1] == 'w0')

local t = {}
for i = 1, 600 do
  t[i] = i
end
for i = 600, 300, -1 do
  t[i] = nil
end
for i = 1, 50 do
  table.insert(t, 1, i)
end
for i = 1, 30 do
  table.remove(t, 1)
end
table.sort(t, function(a, b) return a > b end)
assert(table.concat(t, ' '))

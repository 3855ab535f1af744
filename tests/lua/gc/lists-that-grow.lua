-- Lists that grow are all that a loop allocates: the collector keeps up with them.
local insert, peak = table.insert, 0
for round = 1, 60 do
  local a, b, c = {}, {}, {}
  for i = 1, 30000 do
    a[#a + 1] = i
    insert(b, i)
    c[i] = i
  end
  peak = math.max(peak, collectgarbage("count"))
end
print(peak < 12 * 1024)

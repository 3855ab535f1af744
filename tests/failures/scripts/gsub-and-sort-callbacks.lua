local t = {}
for i = 1, 40 do
  t[i] = (i * 7919) % 101
end
table.sort(t, function(a, b) local x = {a, b} return x[1] < x[2] end)
local s = ('abc '):rep(30):gsub('%a+', function(w) return {w} and w .. w end)
assert(#s == 210)

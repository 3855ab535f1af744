local s = ''
for i = 1, 120 do
  s = s .. i .. ','
end
local n = 0
for w in s:gmatch('%d+') do
  n = n + w
end
assert(n == 7260)
s = s:rep(20):upper():reverse():lower()
assert(#s:sub(3) > 100)
assert(('%5d|%-8s|%q'):format(1, 'x', 'a\nb'))
assert(s:gsub('(%d)', '<%1>'))
assert(s:gsub('%d', {['1'] = 'one'}))
assert(s:gsub(',', function(c) return c .. c end))

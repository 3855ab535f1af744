local s, all = '', {}
for i = 1, 120 do
  s = s .. 'piece ' .. i
  all[i] = s
end
local left, right = all[80], all[80]
for i = 1, 20 do
  left = left .. 'l' .. i
  right = right .. 'r' .. i
end
for i = 2, 120 do
  assert(all[i]:sub(1, #all[i - 1]) == all[i - 1] and all[i]:sub(#all[i - 1] + 1) == 'piece ' .. i)
end
assert(left < right and left:sub(1, #all[80]) == all[80] and right:sub(1, #all[80]) == all[80])
assert(not os.getenv(all[90]) and not os.getenv(all[120]))
s = all[120] .. 'once more'
assert(s:sub(-9) == 'once more' and #string.format('%012.9s', all[100]) == 12)

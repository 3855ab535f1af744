local long = ('0123456789'):rep(60)
assert(string.char(long:byte(1, 100)) == long:sub(1, 100) and string.len(long) == 600)
assert(long:match('(1.-)(9)()') and long:match('^%d+$') == long and long:find('89', 1, true) == 9)
assert(string.gfind(long, '0')() == '0')
for i = 1, 6 do
  local text = string.format('%d %5i %o %u %x %X %#x %c %e %E %.3f %g %G %q %s %.20s %-30s|%%', i, i, i, i, i, i, i, 65, i, i, i, i, i, long, long, long, 'x' .. i)
  assert(#text > 1200)
  assert(#string.format('%99.99f', 1e300) > 300)
  assert(#string.format('%s%s', long:rep(20), long:rep(20)) == 24000)
  assert(#long:rep(200) == 120000)
end
for _, bad in ipairs {'%', '%y', '%100d', '%d', '%0000000d'} do
  assert(not check(pcall(string.format, bad)))
end
for _, bad in ipairs {'(', '%', '[a', '%f', '%b', '(()', '%1'} do
  assert(not check(pcall(string.find, long, bad)), bad)
end
assert(#long:gsub('', '-') == 1201 and #long:gsub('%d', '%0%0') == 1200)
assert(long:gsub('(%d)(%d)', '%2%1') ~= long and (long:gsub('%d', {['0'] = 'zero', ['1'] = false})))
assert(not check(pcall(string.gsub, long, '%d', function() return {} end)))
assert(not check(pcall(string.gsub, long, '%d', function() error('from a callback ' .. #long) end)))
assert(not check(pcall(string.gsub, long, '%d', '%9')))
local pieces = {}
for a, b in long:gmatch('(%d)(%d)') do
  pieces[#pieces + 1] = b .. a
end
assert(#table.concat(pieces) == 600)
assert(('x'):rep(3000):find(('x?'):rep(30) .. ('x'):rep(30)))
local dumped = string.dump(function(a) local b = a return function() b = b + 1 return b end end)
assert(check(loadstring(dumped)))
assert(not check(pcall(string.dump, print)))

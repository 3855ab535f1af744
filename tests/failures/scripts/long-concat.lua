local parts = {}
for i = 1, 100 do
  parts[i] = 'local v' .. i .. ' = "s' .. i .. '"'
end
parts[101] = 'return v1'
for i = 2, 100 do
  parts[#parts + 1] = ' .. v' .. i
end
local f, e = loadstring(table.concat(parts, ' '))
if not f then
  error(e, 0)
end
assert(#f() > 100)

-- `check` passes its arguments on, but for a failure by want of memory, which it raises.
for i = 1, 6 do
  local t = setmetatable({}, {__tostring = function() return 'text ' .. i end, __metatable = 'hidden'})
  assert(rawequal(t, t) and not rawequal(t, {}) and type(t) == 'table')
  assert(rawget(rawset(t, 'k' .. i, i), 'k' .. i) == i)
  assert(getmetatable(t) == 'hidden' and not check(pcall(setmetatable, t, {})))
  print(t, i, nil, 'x' .. i)
  assert(tostring(t) == 'text ' .. i and tostring(i + 0.5) == i .. '.5')
  assert(gcinfo() > 0 and collectgarbage('count') > 0)
  assert(select('#', unpack({1, 2, 3}, 1, 40)) == 40)
  assert(tonumber('  0x' .. i .. '  ') == i and tonumber('1e' .. i) == 10 ^ i)
  assert(not check(pcall(error, t)))
  assert(not check(pcall(assert, false, {i})))
  assert(not check(pcall(ipairs)))
  local name = os.tmpname()
  local f = io.open(name, 'w')
  if f then
    f:write('#!first line\nreturn ', i, ', ...')
    f:close()
    local a = check(pcall(dofile, name))
    local g, e = loadfile(name)
    check(g, e)
    local h, no = loadfile(name .. '.missing')
    check(h, no)
    os.remove(name)
    assert(a and g('x') == i and not h)
  end
  os.remove(name)
end

local name = os.tmpname()
local function no(f, e)
  if not f then
    os.remove(name)
    error(e, 0)
  end
  return f
end
for i = 1, 4 do
  local f = no(io.open(name, 'w'))
  f:write('line ', i, '\n', ('x'):rep(3000), '\n')
  f:close()
  for l in io.lines(name) do
    assert(#l > 0)
  end
  f = no(io.open(name))
  assert(#f:read('*a') > 3000)
  f:seek('set')
  f:read(10, '*l', '*n')
  f:close()
end
os.remove(name)

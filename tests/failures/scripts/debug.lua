for i = 1, 15 do
  local function f(a, b)
    local c = a
    return debug.getinfo(1, 'nSlufL'), debug.traceback('m'), debug.getlocal(1, 1)
  end
  local t = f(1, 2)
  assert(t.func == f)
  debug.sethook(function() local x = {} end, 'crl', 2)
  f()
  debug.sethook()
  debug.setupvalue(f, 1, nil)
end

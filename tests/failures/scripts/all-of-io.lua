-- Files are closed and removed whatever happens: what was opened in a failed run must not pile up.
local name, other = os.tmpname(), os.tmpname()
local old_in, old_out = io.input(), io.output()
local ok, e = pcall(function()
  local f = io.open(name, 'w+')
  check(f, f or 'not enough memory')
  assert(f:setvbuf('full', 512) and f:write('12 0x1f nothing\n', ('long line '):rep(400), '\n', 3, '\nlast') and f:flush())
  assert(f:seek('set', 0) == 0)
  local a, b, c, rest, n = f:read('*n', '*n', '*l', '*l', '*n')
  assert(a == 12 and #rest == 4000 and n == 3)
  assert(f:read(0) and f:read('*a') == '\nlast' and f:read('*l') == nil)
  assert(tostring(f):find('file') and io.type(f) == 'file' and f:seek('set'))
  local count = 0
  for line in f:lines() do
    count = count + 1
  end
  assert(count == 4)
  f:close()
  assert(io.type(f) == 'closed file' and tostring(f) == 'file (closed)' and not check(pcall(f.read, f)))
  count = 0
  for line in io.lines(name) do
    count = count + #line
  end
  assert(count > 4000)
  assert(io.output(other) and io.write('to ', 'the default') and io.flush() and io.close())
  io.output(old_out)
  assert(io.input(other) and io.read('*a') == 'to the default' and io.close(io.input()))
  io.input(old_in)
  local t = io.tmpfile()
  if t then
    assert(t:write(('x'):rep(5000)) and t:seek('cur') == 5000 and t:seek('set', 10) and #t:read(200) == 200 and t:close())
  end
  local p = io.popen('echo from a process')
  if p then
    assert(check(p:read('*l')) == 'from a process' and p:close())
  end
  assert(not check(io.open('/nowhere/at/all')) and not check(pcall(io.lines, '/nowhere')) and not check(pcall(io.input, '/nowhere')))
  assert(not check(pcall(io.open, name, 'wrong')) or true)
  assert(io.stderr:seek() or true)
  local forgotten = io.open(name)
  forgotten = nil
  collectgarbage()
end)
io.input(old_in)
io.output(old_out)
collectgarbage()
os.remove(name)
os.remove(other)
check(ok, e)
assert(ok, e)

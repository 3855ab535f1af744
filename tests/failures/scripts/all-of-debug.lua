local up1, up2 = 1, {}
local function f(a, b, ...)
  local c = a
  for i = 1, 2 do
    local d = {i}
    assert(debug.getlocal(1, 1) == 'a' and debug.setlocal(1, 2, {c}) == 'b' and debug.getlocal(2, 1) ~= 1)
  end
  return up1, up2, b
end
for i = 1, 5 do
  assert(type(select(3, f(i, 2, 3))) == 'table')
  assert(debug.getupvalue(f, 1) and debug.setupvalue(f, 2, {i}) and not debug.getupvalue(f, 9) and not debug.getupvalue(string.gmatch('a', 'a'), 1))
  assert(debug.getfenv(f) == _G and debug.setfenv(f, setmetatable({}, {__index = _G})) == f and debug.setfenv(f, _G))
  assert(debug.getmetatable('').__index == string and debug.setmetatable(up2, {}) and debug.getregistry()._LOADED)
  assert(debug.setmetatable(1, {__index = function(n, k) return k .. n end}) and (1).x == 'x1' and debug.setmetatable(1, nil))
  debug.sethook(function(event, line) local t = {event, line, debug.getinfo(2, 'nSl')} end, 'crl', 3)
  assert(debug.gethook())
  check(pcall(f, 1))
  debug.sethook()
  local co = coroutine.create(function(x) local y = {x} coroutine.yield(y) error('in here') end)
  debug.sethook(co, function() local z = {} end, 'l')
  check(coroutine.resume(co, i))
  assert(debug.getlocal(co, 1, 1) == 'x' and debug.getinfo(co, 1, 'nSlufL') and debug.traceback(co) and debug.traceback(co, 'm' .. i, 0))
  debug.sethook(co)
  check(coroutine.resume(co))
  assert(debug.traceback(co):find('stack') and debug.traceback('a') and debug.traceback({}))
  local function deep(n) if n == 0 then return debug.traceback(('long message '):rep(20)) end return (deep(n - 1)) end
  assert(#deep(40) > 500)
  local code = check(loadstring('local x\nlocal y = 1\nreturn x', '@' .. ('long/'):rep(30) .. 'name.lua'))
  assert(#debug.getinfo(code, 'S').short_src < 61 and debug.getinfo(code, 'L').activelines[3])
  assert(not check(pcall(debug.getinfo, 1, 'X')) and not check(pcall(debug.getlocal, 99, 1)))
end
debug.debug() -- there is nothing to read

local main = coroutine.running()
assert(main == nil)
local function body(...)
  local co = coroutine.running()
  local n = select('#', coroutine.yield(co, coroutine.status(co), ...))
  check(pcall(function() coroutine.yield('in a pcall') end))
  check(pcall(function() check(pcall(error, {})) coroutine.yield('deeper') end))
  for w in string.gmatch('a b c', '%a') do coroutine.yield(w) end
  local s = string.gsub('xyz', '.', function(c) return coroutine.yield(c) end)
  table.foreach({1, 2}, function(k) coroutine.yield(k) end)
  return n, s
end
for round = 1, 3 do
  local co = coroutine.create(body)
  local ok, self, status = check(coroutine.resume(co, 1, 2, 3))
  assert(ok and self == co and status == 'running')
  local turns = 0
  while coroutine.status(co) == 'suspended' do
    turns = turns + 1
    check(coroutine.resume(co, 'r', {}))
  end
  assert(turns >= 8 and coroutine.status(co) == 'dead' and not check(coroutine.resume(co)))
end
local failing = coroutine.wrap(function() coroutine.yield() error({'an object'}) end)
failing()
local ok, e = check(pcall(failing))
assert(not ok and type(e) == 'table' and not check(pcall(failing)))
assert(not check(pcall(coroutine.yield)) and not check(pcall(coroutine.create, 1)) and not check(pcall(coroutine.wrap)))
local deep
deep = function(n, ...) if n == 0 then return ... end return deep(n - 1, n, ...) end
assert(select('#', coroutine.wrap(function() return deep(150) end)()) == 150)
local kept = {}
for i = 1, 20 do
  kept[i] = coroutine.wrap(function(a) local up = a kept.f = function() up = up + 1 return up end coroutine.yield() end)
  kept[i](i)
end
assert(kept.f() == 21)

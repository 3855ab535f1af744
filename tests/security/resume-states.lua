-- Resuming what cannot be resumed: itself, one that waits for another, the dead; from hooks, finalizers and callbacks. (An
-- open bug of the reference: it takes a coroutine that is not suspended for one that is.) Stacks that move meanwhile.

local function refused(co, ...)
  local ok, message = coroutine.resume(co, ...)
  assert(not ok and message:find("cannot resume", 1, true), message)
end
local reached = 0
local co
co = coroutine.create(function()
  local function refuse() reached = reached + 1 refused(co) end
  refuse()
  local inner = coroutine.create(function() refuse() assert(coroutine.status(co) == "normal") coroutine.yield() end)
  assert(coroutine.resume(inner))
  table.sort({ 3, 1, 2 }, function(a, b) refuse() return a < b end)
  assert(("abc"):gsub(".", refuse) == "abc")
  local t = setmetatable({}, { __index = refuse })
  local _ = t.x
  debug.sethook(function() debug.sethook() refuse() end, "l")
  local a = 1
  local p = newproxy(true)
  getmetatable(p).__gc = refuse
  p = nil
  collectgarbage()
  load(refuse)
  xpcall(error, refuse)
  return a
end)
local ok, result = coroutine.resume(co)
assert(ok and result == 1, result)
assert(reached >= 12, reached)
refused(co)
local wrapped
wrapped = coroutine.wrap(function() return wrapped() end)
assert(not pcall(wrapped))
-- Many arguments through resume and yield, growing both stacks.
local echo = coroutine.wrap(function(...) local n = select("#", ...) while true do n = select("#", coroutine.yield(n)) end end)
for _, n in ipairs { 0, 1, 10, 100, 1000, 7000 } do
  local t = {}
  for i = 1, n do t[i] = i end
  assert(echo(unpack(t, 1, n)) == n)
end
-- Collected at any depth.
for i = 1, 200 do
  local function f(n) if n == 0 then coroutine.yield(i) else f(n - 1) end collectgarbage("step", 10) return n end
  local c = coroutine.wrap(f)
  assert(c(i * 5) == i)
  if i % 2 == 0 then assert(c() == i * 5) end
end
-- The main program cannot yield, nor be resumed.
assert(not pcall(coroutine.yield) and coroutine.running() == nil)

local log = {}
local function object(f)
  local p = newproxy(true)
  getmetatable(p).__gc = f
  return p
end
for i = 1, 20 do
  object(function() log[#log + 1] = {('finalized '):rep(i), function() return i end} end)
  object(function() error({'lost ' .. i}) end)
  object(function(self) log.kept = self local co = coroutine.wrap(function() coroutine.yield({}) end) co() end)
  object(function() check(pcall(function() local t = {} for k = 1, 40 do t['k' .. k] = k end end)) end)
  check(pcall(collectgarbage))
end
-- These are left to lua_close.
left = {}
for i = 1, 20 do
  left[i] = object(function() local t = {} for k = 1, 10 do t[k] = 'at the end ' .. k .. i end object(function() end) end)
end

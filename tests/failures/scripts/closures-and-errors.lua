local function nested(depth)
  local a, b = {depth}, depth
  if depth > 0 then
    local ok, f = pcall(nested, depth - 1)
    check(ok, f)
    return function(x) b = b + (x or f(1)) a[#a + 1] = b return b end
  end
  return function(x) return x end
end
assert(nested(20)(2) == 22)
for i = 1, 10 do
  assert(not check(xpcall(function() local x = nil; return x.y.z end, function(m) return {m .. i, debug.traceback()} end)))
  assert(not check(xpcall(function() return {} < {} end, function(m) return m .. i end)))
  assert(not check(xpcall(function() return 'x' + i end, function(m) error(m .. i) end)))
  assert(not check(pcall(function() return {} .. 'x' end)) and not check(pcall(function() return #nil end)) and not check(pcall(function() (nil)() end)))
  assert(not check(pcall(error, 'with a level', 3)) and not check(pcall(error)))
end
local function overflow() return 1 + overflow() end
assert(not check(pcall(overflow)))
local count = 0
local mt = {}
mt.__index = function(t, k) count = count + 1 if count % 30 == 0 then return 1 end return setmetatable({}, mt)[k .. count] end
assert(setmetatable({}, mt).x == 1)

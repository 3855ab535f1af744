-- Walking trees by recursive coroutines: each level wraps the next (the "same fringe" problem).
local scale = tonumber((...)) or 1
local yield, wrap = coroutine.yield, coroutine.wrap

local function build(lo, hi)
  if lo > hi then return nil end
  local mid = math.floor((lo + hi) / 2)
  return { left = build(lo, mid - 1), key = mid, right = build(mid + 1, hi) }
end
local function walk(t)
  if t then walk(t.left); yield(t.key); walk(t.right) end
end
local function same(a, b)
  local x, y = wrap(function() walk(a) end), wrap(function() walk(b) end)
  local n = 0
  while true do
    local p, q = x(), y()
    if p ~= q then return false, n end
    if p == nil then return true, n end
    n = n + p
  end
end
local a, b = build(1, 2000), build(1, 2000)
local sum = 0
for i = 1, math.floor(840 * scale) do
  local ok, n = same(a, b)
  sum = sum + (ok and n or 0)
end
print(string.format("%.14g", sum))

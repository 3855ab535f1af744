-- Variables that closures capture, in threads that die while the variables are open, or live on when the
-- closures are gone: cycle after cycle, with the collector at work between.
local function body(n)
  local kept = {}
  local function inner(depth)
    local value = { n, depth }
    local function get() return value end
    local function set(v) value = v end
    if depth % 3 == 0 then kept[#kept + 1] = get end
    if depth < 8 then inner(depth + 1) end
    coroutine.yield(get, set)
    return get()[2]
  end
  return inner(1), kept
end

local alive, getters = {}, {}
local sum, resumed = 0, 0
for i = 1, 4000 do
  local co = coroutine.create(body)
  local ok, get, set = coroutine.resume(co, i)
  assert(ok and get()[1] == i)
  if i % 5 == 0 then set { -i, 100 } end
  if i % 7 == 0 then alive[i % 50 + 1] = co end -- the older one dies, its variables open
  getters[i % 300 + 1] = get
  local old = alive[i * 31 % 50 + 1]
  if old and coroutine.status(old) == "suspended" then
    resumed = resumed + 1
    assert(coroutine.resume(old))
  end
  if i % 20 == 0 then collectgarbage("step", 50) end
  if i % 400 == 0 then collectgarbage() end
  local g = getters[i * 17 % 300 + 1]
  if g then sum = sum + g()[1] + g()[2] end
end
print(sum, resumed)

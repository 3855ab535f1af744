-- Finalizers that make more finalizers, collect, fail, revive, change metatables, and all that inside of other work.

local alive, made, errors = {}, 0, 0

local function proxy(gc)
  local u = newproxy(true)
  getmetatable(u).__gc = gc
  made = made + 1
  return u
end

-- each makes two, until there are enough
local function breed(u)
  if made < 3000 then proxy(getmetatable(u).__gc) proxy(getmetatable(u).__gc) end
end
proxy(breed)
for _ = 1, 40 do collectgarbage() end
assert(made >= 3000, made)

-- each collects: a collection within a collection's finalizers
local depth, deepest = 0, 0
for _ = 1, 100 do
  proxy(function()
    depth = depth + 1
    deepest = math.max(deepest, depth)
    collectgarbage()
    collectgarbage("step", 100)
    depth = depth - 1
  end)
end
collectgarbage()
collectgarbage()
assert(deepest <= 100)

-- each fails, with every kind of error, at every kind of safepoint
local kinds = { function() error("x") end, function() error({}) end, function() error() end, function() local x = nil; x() end,
  function() return setmetatable({}, { __index = error }).x end, function() string.rep("x", -1, 2)() end,
  function() coroutine.yield() end, function() coroutine.wrap(function() error("y") end)() end }
collectgarbage("stop")
for i = 1, 400 do proxy(kinds[i % #kinds + 1]) end
local function work()
  local t = {}
  for i = 1, 300 do t[i] = { tostring(i) .. ("z"):rep(i) } end
  table.sort(t, function(a, b) return a[1] < b[1] end)
  return (("abc"):rep(50):gsub("b", function(x) return x .. #t end))
end
for _ = 1, 500 do
  -- Going on at once: no step is due right after a collection, whose error this is.
  if not pcall(function() collectgarbage("stop") work() collectgarbage() end) then errors = errors + 1 end
end
assert(errors >= 200, errors)

-- revived, with another metatable, with none, with one that is being collected itself
local revived = {}
for i = 1, 300 do
  local u = proxy(function(u)
    revived[#revived + 1] = u
    if i % 3 == 0 then debug.setmetatable(u, nil) end
    if i % 3 == 1 then debug.setmetatable(u, { __gc = function() alive[i] = true end, __index = u }) end
    if i % 3 == 2 then getmetatable(u).__gc = function(again) revived[#revived + 1] = again end end
  end)
  debug.setfenv(u, { u })
end
for round = 1, 4 do
  pcall(collectgarbage)
  for i = #revived, 1, -1 do tostring(revived[i]) if round > 2 then revived[i] = nil end end
end
pcall(collectgarbage)

-- in weak tables of every kind, as keys and values, changed by the finalizers themselves
for _, mode in ipairs { "k", "v", "kv" } do
  local weak = setmetatable({}, { __mode = mode })
  for i = 1, 200 do
    local u = proxy(function(u)
      weak[i] = u
      weak[u] = i
      for k in pairs(weak) do weak[k] = nil if made % 2 == 0 then break end end
      made = made + 1
    end)
    weak[i], weak[u] = u, i
  end
  for _ = 1, 3 do pcall(collectgarbage) end
  for k, v in pairs(weak) do assert(k ~= nil and v ~= nil) end
end

-- coroutines that are dropped while suspended in everything, and resumed by finalizers
local threads = {}
for i = 1, 100 do
  local co = coroutine.create(function()
    local u = proxy(function() if threads[i] then coroutine.resume(threads[i], i) end end)
    table.sort({ 3, 1, 2 }, function(a, b) coroutine.yield(u) return a < b end)
    return u
  end)
  coroutine.resume(co)
  if i % 2 == 0 then threads[i] = co end
end
for _ = 1, 4 do pcall(collectgarbage) end
for i, co in pairs(threads) do while coroutine.resume(co) and coroutine.status(co) == "suspended" do end threads[i] = nil end
for _ = 1, 4 do pcall(collectgarbage) end

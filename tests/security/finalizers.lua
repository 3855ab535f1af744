-- Finalizers that load with readers which collect and fail (CVE-2020-15890, CVE-2020-24372: the first line), that fail, bring
-- back, collect, yield, resume, take their metatable away; and a script that ends while coroutines and objects with
-- such finalizers live (CVE-2024-46981).

local kept, count = {}, 0
local function object(gc)
  local p = newproxy(true)
  getmetatable(p).__gc = gc
  return p
end
local kinds = {
  load, function() return load(function() collectgarbage() error("in a reader") end) end,
  function() load(function() collectgarbage() return nil end) end,
  function() count = count + 1 end,
  function(p) kept[#kept + 1] = p end,
  function() collectgarbage() end,
  function() error("in a finalizer") end,
  function() return (pcall(coroutine.yield)) end,
  function() return coroutine.wrap(function() coroutine.yield(1) end)() end,
  function() object(function() count = count + 1 end) end,
  function(p) getmetatable(p).__gc = nil end,
  function(p) debug.setmetatable(p, nil) end,
  function() local function f() return f() + 1 end return f() end,
  function() string.rep("x", 2^40) end,
  function() return table.concat({}, "", 1, 10) end,
  function() local t = setmetatable({}, { __mode = "k" }) for i = 1, 20 do t[{}] = i end collectgarbage("step") end,
  1, {},
}
-- An error in a finalizer is one of whatever made the collector run: so they are made and collected one by one.
local raised = 0
for _ = 1, 10 do
  for i = 1, #kinds do
    object(kinds[i])
    for _ = 1, 3 do
      local ok = pcall(collectgarbage)
      if not ok then raised = raised + 1 end
    end
    kept = {}
  end
end
assert(count == 20 and raised == 10 * 7, count .. ", " .. raised)
-- In coroutines that die, or are collected while they are suspended in a comparison.
for i = 1, 100 do
  local co = coroutine.create(function()
    local o = object(function(p) pcall(kinds[i % #kinds + 1], p) end)
    table.sort({ 3, 2, 1 }, function(a, b) pcall(coroutine.yield) return a < b end)
    return o
  end)
  assert(coroutine.resume(co))
  if i % 3 == 0 then assert(coroutine.resume(co)) end
  if i % 5 == 0 then collectgarbage() end
end
-- Coroutines are not kept alive by their hooks (the reference keeps all that ever had one).
local function hooked()
  for _ = 1, 300 do
    local co = coroutine.create(function() end)
    debug.sethook(co, function() end, "l")
    coroutine.resume(co)
  end
end
hooked()
for _ = 1, 5 do collectgarbage() end
local before = collectgarbage("count")
for _ = 1, 5 do hooked() end
for _ = 1, 5 do collectgarbage() end
assert(collectgarbage("count") < before + 300, collectgarbage("count") - before)
-- The end: suspended coroutines, objects whose finalizers make more of them, and the State closed from within callbacks.
for i = 1, 10 do
  _G["co" .. i] = coroutine.wrap(function() coroutine.yield(object(function() object(function() end) end)) end)
  _G["co" .. i]()
end
for i = 1, #kinds do _G["object" .. i] = object(function(p) pcall(kinds[i], p) end) end
coroutine.wrap(function() pcall(function() return (("x"):gsub("x", function() os.exit(0) end)) end) end)()

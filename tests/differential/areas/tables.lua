-- Tables with holes and mixed keys: the order of pairs and next, the border #, and what every function
-- of the table library makes of them, after random histories of assignment and removal.

local here = arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/../common.lua")
local random, scale = common.start(arg)
local show, show_all, show_table, emit = common.show, common.show_all, common.show_table, common.emit

-- The collector stands still: a removed string key that it has seen is dead and its node is not used
-- again for the same key, so the order depends on when it ran (in the reference as in ours).
collectgarbage("stop")

local function key()
  local kind = random:int(1, 20)
  if kind <= 9 then return random:int(-1, 12) end
  if kind <= 11 then return random:of { 0, -0, 16, 17, 31, 32, 33, 64, 65, 100, 1000, 2^20, 2^26, 2^26+1, 2^27, 2^31, 2^31+1, -2^31, 2^32, 2^53, 1e100, 1/0, -1/0 } end
  if kind <= 13 then return random:int(1, 40) / random:of { 2, 3, 10 } end
  if kind <= 19 then return random:of { "a", "b", "c", "n", "x", "y", "key", "", "1", "2", "name", ("long"):rep(20), "\0", "k" .. random:int(1, 60) } end
  return random:chance(50)
end

local function item()
  return random:of { 1, 2, 3, "v", "w", true, false, 0.5, nil, nil, nil }
end

local function assign(t)
  if random:chance(30) then t[key()] = nil
  elseif random:chance(20) then t[#t] = nil
  elseif random:chance(40) then t[#t + 1] = item()
  else t[key()] = item() end
end

local constructors = {
  function() return {} end, function() return { 1, 2, 3 } end, function() return { nil, nil, 3 } end, function() return { 1, nil, 3 } end,
  function() return { 1, 2, 3, nil, 5, nil } end, function() return { n = 1, x = 2, y = 3 } end, function() return { 1, 2, a = 1, 3, b = 2, nil } end,
  function() return { [1] = 1, [2] = 2, [4] = 4 } end, function() return { unpack({ 1, 2, 3, 4, 5, nil, 7 }, 1, 7) } end,
  function() return { nil, nil, nil, nil, nil, nil, nil, 8 } end, function() return { [3] = 1, 1, 2 } end,
}

local order = {
  false, function(a, b) return a > b end, function(a, b) return true end, function(a, b) return nil end, function(a, b) return tostring(a) < tostring(b) end,
  function(a, b) return a <= b end, function() error("order") end, 3,
}
local small = { 0, 1, 2, 3, 4, 5, 8, -1, 2.5, "2", nil, {} }

local actions = {
  function(t) table.insert(t, item()) end,
  function(t) table.insert(t, random:of(small), item()) end,
  function(t) table.insert(t, #t, 1) end,
  function(t) return table.remove(t) end,
  function(t) return table.remove(t, random:of(small)) end,
  function(t) return table.concat(t, random:of { "", ",", 1, "\0" }) end,
  function(t) return table.concat(t, ",", random:of(small), random:of(small)) end,
  function(t) return unpack(t) end,
  function(t) return unpack(t, random:of(small), random:of(small)) end,
  function(t) table.sort(t, random:of(order) or nil) end,
  function(t) return table.maxn(t), table.getn(t), #t end,
  function(t) local list = {}; table.foreach(t, function(k, v) list[#list + 1] = show_all(k, v) end); return table.concat(list, ";") end,
  function(t) local list = {}; table.foreachi(t, function(k, v) list[#list + 1] = show_all(k, v); if #list > 3 then return #list end end); return table.concat(list, ";") end,
  function(t) local n = 0; for i in ipairs(t) do n = i end; return n end,
  function(t) return next(t, key()) end,
  function(t) for k in pairs(t) do if random:chance(50) then t[k] = nil end end end,
  function(t) for k in pairs(t) do t[k] = 1 end end,
  function(t) return table.setn(t, 2) end,
  function(t) for i = 1, random:int(1, 20) do t[i] = i end end,
  function(t) for i = random:int(1, 20), 1, -1 do t[i] = i end end,
  function(t) for i = 1, random:int(1, 20) do t["f" .. i] = i end end,
  function(t) for k in pairs(t) do t[k] = nil end end,
}

for i = 1, 1200 * scale do
  local t = random:of(constructors)()
  for step = 1, random:int(1, 14) do
    local results = ""
    if random:chance(60) then for _ = 1, random:int(1, 5) do assign(t) end
    else
      local action = random:int(1, #actions)
      results = action .. ": " .. show_all(pcall(actions[action], t))
    end
    emit("history " .. i .. "." .. step, results .. " #" .. #t .. " " .. show_table(t, 1))
  end
end

-- Larger tables
for i = 1, 30 * scale do
  local t, n = {}, random:int(20, 300)
  for _ = 1, n do t[random:chance(50) and random:int(1, n) or "k" .. random:int(1, n)] = true end
  for _ = 1, n do t[random:chance(50) and random:int(1, n) or "k" .. random:int(1, n)] = nil end
  for _ = 1, random:int(0, 20) do t[key()] = 1 end
  local list = {}
  for k in pairs(t) do list[#list + 1] = show(k) end
  emit("large " .. i, #t .. " " .. table.concat(list, " "))
end

-- Sorting: every order of few elements, random ones, comparisons that contradict themselves. The calls of the comparison are visible.
for i = 1, 400 * scale do
  local t = {}
  for k = 1, random:int(0, 25) do t[k] = random:int(1, random:of { 2, 5, 100 }) end
  local calls = {}
  local flip = random:chance(25)
  local ok, message = pcall(table.sort, t, function(a, b)
    calls[#calls + 1] = show_all(a, b)
    if flip and random:chance(10) then return true end
    return a < b
  end)
  emit("sort " .. i, show_all(ok, message) .. " " .. show_table(t, 1) .. "\n" .. table.concat(calls, ";"))
end
for _, t in ipairs { { 1, "a" }, { {}, {} }, { 1, nil, 3 }, { true, false }, { "b", "a", "10", "9" }, { 0/0, 1, 0/0, 2 }, { print, print } } do
  emit("sort mixed " .. _, show_all(pcall(table.sort, t)) .. show_table(t, 1))
end

-- Many userdata with finalizers die in one cycle, which goes on in small steps between which the program works with all
-- that it shares with them. Each part drops them when a cycle has ended, so that the next one finds all together.
local function fresh_cycle() collectgarbage() collectgarbage() collectgarbage("stop") end

-- Small steps, something done before each, until `done` says so.
local function steps(done, work)
  local count = 0
  repeat
    count = count + 1
    if work then work(count) end
    collectgarbage("step", 0)
  until done() or count > 1e6
  return count > 1
end

local function is_descending(t)
  for i = 2, #t do if t[i] >= t[i - 1] then return false end end
  return true
end

local MANY = 600

-- One with a metatable of its own. `newproxy(true)` would note that in a weak table, which has to lose it.
local function proxy()
  local u = newproxy()
  debug.setmetatable(u, {})
  return u
end

-- One that knows its number, without a weak table that does.
local function numbered(first, i)
  local u = newproxy(first)
  debug.setfenv(u, { number = i })
  return u
end

local function number_of(u) return debug.getfenv(u).number end

-- Order, and what is made meanwhile: it lives on, and is finalized after it has died.
do
  fresh_cycle()
  local first = newproxy(true)
  local others, born, finalized, of_first = 0, {}, {}, {}
  getmetatable(first).__gc = function(o)
    if number_of(o) then of_first[#of_first + 1] = number_of(o) else others = others + 1 end
    for i = 1, #born do if born[i] == o then finalized[i] = true end end
  end
  for i = 1, MANY do numbered(first, i) end
  print(steps(function() return #of_first >= MANY end, function(i)
    local u = newproxy(first)
    if i % 2 == 0 and #born < 20 then born[#born + 1] = u end
    local late = newproxy()
    if i % 3 == 0 then debug.setmetatable(late, getmetatable(first)) end
    if i % 6 == 0 and #born < 20 then born[#born + 1] = late end
  end))
  print(#of_first, of_first[1], is_descending(of_first), "born meanwhile and lost:", next(finalized))
  born = {}
  fresh_cycle()
  local before = others
  fresh_cycle()
  print("the others once:", before > 0, others == before)
end

-- Metatables of their own, which only they refer to: tables small and big, closures, strings.
do
  fresh_cycle()
  local log, texts = {}, 0
  for i = 1, 150 do
    local u = proxy()
    local m = getmetatable(u)
    m.number, m["name of " .. i] = i, "text of " .. i
    m.list = { i, { i, { i } } }
    if i % 75 == 0 then m.big = {} for j = 1, 1200 do m.big[j] = { j } end end
    m.__gc = function(o)
      local mine = getmetatable(o)
      assert(mine == m and mine.number == i and mine.list[2][2][1] == i and mine["name of " .. i] == "text of " .. i)
      if mine.big then for j = 1, 1200 do assert(mine.big[j][1] == j) end end
      log[#log + 1] = i
    end
  end
  local kept = {}
  steps(function() return #log >= 150 end, function(i)
    kept[i % 50] = "text of " .. i % 150 .. "" -- strings that the dead have, wanted again
    kept["name of " .. i % 150] = i
  end)
  print(#log, log[1], log[150], is_descending(log))
end

-- Weak tables: values leave before the finalizer is called, keys after it; tables that only the dead refer to stay till then.
for _, modes in ipairs { { "k", "v" }, { "kv", "kv" }, { "kv", "v" } } do
  fresh_cycle()
  local function weak(mode) return setmetatable({}, { __mode = mode }) end
  local keys, values, boxes, plain = weak(modes[1]), weak(modes[2]), weak(modes[2]), weak(modes[2])
  local called, seen, gone, boxed, odd = 0, 0, 0, 0, 0
  local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
  for i = 1, 100 do
    local u = newproxy(true)
    local m = getmetatable(u)
    m.box = { i }
    keys[u], values[i], boxes[i] = i, u, m.box
    plain[i] = { i }
    m.__gc = function(o)
      called = called + 1
      if keys[o] == i then seen = seen + 1 end
      if values[i] == nil then gone = gone + 1 end
      if boxes[i] == getmetatable(o).box then boxed = boxed + 1 end
    end
  end
  steps(function() return called >= 100 end, function(i)
    local at = i % 100 + 1
    local b = boxes[at]
    if b and b[1] ~= at then odd = odd + 1 end
    if i % 7 == 0 then for k, v in pairs(boxes) do if v[1] ~= k then odd = odd + 1 end end end
    if i % 11 == 0 then for k, v in pairs(keys) do if type(k) ~= "userdata" or type(v) ~= "number" then odd = odd + 1 end end end
    if i % 13 == 0 then local n = #values for j = 1, 100 do local u = values[j] if u and type(u) ~= "userdata" then odd = odd + 1 end end end
    local p = plain[at]
    if p and p[1] ~= at then odd = odd + 1 end
    if i % 5 == 0 then plain[at] = { at } end
    if i % 17 == 0 then boxes["more" .. i] = { "more" .. i } end
    if i % 50 == 0 then for k in pairs(boxes) do if type(k) == "string" then boxes[k] = nil end end end
  end)
  print(modes[1], modes[2], called, seen, gone, boxed, odd)
  fresh_cycle()
  for k in pairs(boxes) do if type(k) == "string" then boxes[k] = nil end end
  print(count(keys), count(values), count(boxes))
end

-- Variables shared with functions that only the dead refer to.
do
  local log = {}
  local function run(n)
    local x, y = 0, { 0 }
    local function get() return x, y[1] end
    for i = 1, 20 do
      local u = proxy()
      local mine = i
      getmetatable(u).__gc = function()
        x = x + 1
        log[#log + 1] = mine
        local t = { 0 }
        t[1] = y[1] + 1
        y = t
      end
    end
    local before = #log
    fresh_cycle()
    if n % 2 == 0 then fresh_cycle() end
    local others = {}
    for i = 1, 20 do
      local u, z = proxy(), { i }
      getmetatable(u).__gc = function() z = { z[1] + 1 } x = x + z[1] log[#log + 1] = z[1] end
      if i % 4 == 0 then others[#others + 1] = function() z = { z[1] } return z[1] end end
    end
    local made, added = {}, 0
    steps(function() return #log >= before + 40 end, function(i)
      local t = { 0 }
      t[1] = y[1] + 1 -- nothing is finalized from here on
      x, y, added = x + 1, t, added + 1
      made[i % 10 + 1] = function() return x, y[1] end
    end)
    local a, b = get()
    for _, f in ipairs(made) do local c, d = f() assert(c == a and d == b) end
    local sum = 0
    for _, f in ipairs(others) do sum = sum + f() end
    return a - added, b - added, sum
  end
  for n = 1, 4 do print(run(n)) end
end

-- Coroutines that only the dead refer to, and variables in them that live functions share.
do
  fresh_cycle()
  local getters, setters, results = {}, {}, {}
  for i = 1, 60 do
    local co = coroutine.create(function()
      local v, w = { i }, i
      getters[i] = function() return v[1], w end
      setters[i] = function(n) v, w = { n }, n end
      local inner = function() return v[1] + w end
      coroutine.yield()
      v = { v[1] * 2 }
      return inner()
    end)
    coroutine.resume(co)
    if i % 3 ~= 0 then
      local u = proxy()
      getmetatable(u).__gc = function() results[#results + 1] = i .. ":" .. select(2, coroutine.resume(co)) end
    end
  end
  steps(function() return #results >= 40 end, function(n)
    local i = n % 60 + 1
    local v, w = getters[i]()
    assert((v == i or v == i * 2) and w == i)
    setters[i](i)
  end)
  print(#results, results[1], results[40])
  for i = 1, 60 do local v, w = getters[i]() assert((v == i or v == i * 2) and w == i) end
end

-- Errors, collections and userdata made in finalizers.
do
  fresh_cycle()
  local log, errors = {}, 0
  for i = 1, 120 do
    local u = proxy()
    getmetatable(u).__gc = function()
      log[#log + 1] = i
      if i % 10 == 0 then collectgarbage() end
      if i % 7 == 0 then local v = proxy() getmetatable(v).__gc = function() log.inner = (log.inner or 0) + 1 end end
      if i % 9 == 0 then error("in " .. i, 0) end
    end
  end
  local count = 0
  repeat
    count = count + 1
    local ok, e = pcall(collectgarbage, "step", 0)
    if not ok then errors = errors + 1 assert(type(e) == "string") end
  until #log >= 120 or count > 1e6
  print(#log, is_descending(log), errors)
  fresh_cycle()
  fresh_cycle()
  print(log.inner)
end

-- A finalizer in which cycles go on, and which returns in the middle of one: what has died in it is finalized later.
do
  fresh_cycle()
  local made, called, bad, kept = 0, 0, 0, {}
  local function make(i)
    local v = proxy()
    local m = getmetatable(v)
    made = made + 1
    m.list = { i, { "list of " .. i } }
    m.__gc = function(o)
      called = called + 1
      local list = getmetatable(o).list
      if list[1] ~= i or list[2][1] ~= "list of " .. i then bad = bad + 1 end
      kept[#kept + 1], list[2] = list[2], false
    end
  end
  for at = 1, 40 do
    local ended = false
    local u = proxy()
    getmetatable(u).__gc = function()
      collectgarbage("stop")
      for i = 1, 200 do make(i) end
      for _ = 1, at do collectgarbage("step", 0) end
      ended = true
    end
    u = nil
    collectgarbage()
    assert(ended)
    fresh_cycle()
    fresh_cycle()
    local others = {} -- where things lay that were lost
    for i = 1, 600 do others[i] = { "another list " .. i } end
    for i = 1, #kept do if not kept[i][1]:find("^list of %d+$") then bad = bad + 1 end end
    kept = {}
  end
  print(made, called, bad)
end

-- A whole collection in the middle, wherever that is, and the order at the end of the program.
for at = 1, 25, 4 do
  fresh_cycle()
  local order, first = {}, newproxy(true)
  getmetatable(first).__gc = function(o) order[#order + 1] = number_of(o) or 0 end
  for i = 1, 200 do numbered(first, i) end
  for _ = 1, at do collectgarbage("step", 0) end
  collectgarbage()
  local all = {}
  for _, n in ipairs(order) do all[#all + 1] = n end
  if #all ~= 200 or not is_descending(all) then print("wrong after steps:", at, #all) end
end
local first, number = newproxy(true), {}
local shown = {}
getmetatable(first).__gc = function(o)
  shown[#shown + 1] = number[o] or "?"
  if #shown == 300 then print("at the end:", #shown, shown[1], shown[300], is_descending(shown)) end
end
fresh_cycle()
number = setmetatable(number, { __mode = "k" })
for i = 1, 300 do number[newproxy(first)] = i end
for _ = 1, 10 do collectgarbage("step", 0) end

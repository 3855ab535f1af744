-- Weak tables of which much dies in a cycle, used between the steps of that cycle: by every way to read, store and
-- traverse. An object that is held has its entry; one that is not has it still, or has lost it for good.
local seed = 7
local function random(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local COUNT = 1500
local size_of_step, acts_in_turn
local function step() return collectgarbage("step", size_of_step) end
local keys_of = {
  numbers = function(i) return i end,
  fractions = function(i) return i + 0.5 end,
  names = function(i) return "name " .. i end,
  longnames = function(i) return ("a name that is longer than most "):rep(2) .. i end,
}

-- Weak values. held[i]: the object of entry i, if it is held; gone[i]: seen that it has no entry.
local function values(mode, key)
  local t = setmetatable({}, { __mode = mode })
  local held, gone = {}, {}
  local function fill(i, is_held)
    local o = { i }
    t[key(i)] = o
    held[i] = is_held and o or nil
    gone[i] = nil
  end
  local function look(i, o)
    if held[i] then assert(rawequal(o, held[i]), i) end
    if gone[i] then assert(o == nil, i) end
    if o == nil then gone[i] = true else assert(o[1] == i) end
  end
  local acts = {
    function(i) look(i, t[key(i)]) end,
    function(i) look(i, rawget(t, key(i))) end,
    function(i) look(i, t[key(i)]) look(i, t[key(i)]) end,
    function(i) local o = t[key(i)] look(i, o) held[i] = o end,
    function(i) held[i] = nil end,
    function(i) fill(i, true) end,
    function(i) fill(i, false) end,
    function(i) rawset(t, key(i), nil) held[i] = nil gone[i] = true look(i, t[key(i)]) end,
    function(i) fill(COUNT + random(COUNT), true) end,
    function(i)
      local k = key(i)
      if t[k] == nil then return end
      for n = 1, random(30) do
        local v
        k, v = next(t, k)
        if k == nil then break end
        assert(t[k] == v and v ~= nil)
      end
    end,
    function(i)
      if random(100) > 1 then return end
      local seen, n = {}, 0
      for k, v in pairs(t) do
        assert(not seen[k]) seen[k] = true n = n + 1
        assert(key(v[1]) == k) look(v[1], v)
      end
      for i = 1, 2 * COUNT do
        if held[i] then assert(seen[key(i)], i) end
        if not seen[key(i)] then look(i, t[key(i)]) assert(t[key(i)] == nil) end
      end
      table.foreach(t, function(k, v) assert(seen[k] and t[k] == v) end)
    end,
  }
  if key(1) == 1 then
    acts[#acts + 1] = function()
      -- Without a call in between, for that may collect.
      local n = #t
      local last, next, again = t[n], t[n + 1], #t
      assert((n == 0 or last ~= nil) and next == nil and again == n)
      assert(table.getn(t) >= 0)
    end
    acts[#acts + 1] = function(i)
      for k, o in ipairs(t) do look(k, o) if k > 20 then break end end
      local a, b, c = unpack(t, i, i + 2)
      look(i, a) look(i + 1, b) look(i + 2, c)
    end
    acts[#acts + 1] = function(i)
      local o = { 0 }
      if random(2) == 1 then table.insert(t, o) else t[#t + 1] = o end
      local n = 1
      while t[n] ~= o do n = n + 1 assert(n < 100 * COUNT) end
      if n > 2 * COUNT then t[n] = nil return end
      o[1] = n
      held[n], gone[n] = o, nil
      if random(2) == 1 then
        local last = table.remove(t)
        if last then
          n = last[1]
          assert(t[n] == nil)
          held[n], gone[n] = nil, true
        end
      end
    end
  end
  for round = 1, 3 do
    for i = 1, COUNT do fill(i, random(3) == 1) end
    local ended
    local turns = 0
    repeat
      for n = 1, random(acts_in_turn) do acts[random(#acts)](random(COUNT)) end
      ended = step()
      turns = turns + 1
    until ended and turns > 100 or turns > 200
    collectgarbage() collectgarbage()
    for i = 1, 2 * COUNT do
      look(i, t[key(i)])
      if not held[i] then assert(t[key(i)] == nil, i) end
    end
  end
end

-- Weak keys: an entry can only be asked for by who holds its key.
local function keys(mode)
  local t = setmetatable({}, { __mode = mode })
  local held = {}
  local function fill(i, is_held)
    local o = { i }
    t[o] = i
    held[i] = is_held and o or nil
  end
  local acts = {
    function(i) if held[i] then assert(t[held[i]] == i) end end,
    function(i) if held[i] then assert(rawget(t, held[i]) == i) t[held[i]] = nil assert(t[held[i]] == nil) held[i] = nil end end,
    function(i) if held[i] then t[held[i]] = i + 0 assert(t[held[i]] == i) end end,
    function(i) held[i] = nil end,
    function(i) fill(i, true) end,
    function(i) fill(i, false) end,
    function(i) t["name" .. i] = i assert(t["name" .. i] == i) t["name" .. i] = nil assert(t["name" .. i] == nil) end,
    function(i)
      local k = held[i]
      for n = 1, random(30) do
        local v
        k, v = next(t, k)
        if k == nil then break end
        assert(t[k] == v and k[1] == v)
      end
    end,
    function()
      if random(100) > 1 then return end
      local seen, n = {}, 0
      for k, v in pairs(t) do assert(k[1] == v and t[k] == v) seen[k] = true n = n + 1 end
      for i, o in pairs(held) do assert(seen[o], i) end
    end,
  }
  for round = 1, 3 do
    for i = 1, COUNT do fill(i, random(3) == 1) end
    local turns = 0
    repeat
      for n = 1, random(acts_in_turn) do acts[random(#acts)](random(COUNT)) end
      local ended = step()
      turns = turns + 1
    until ended and turns > 100 or turns > 200
    collectgarbage() collectgarbage()
    local n = 0
    for k, v in pairs(t) do n = n + 1 assert(held[v] == k) end
    for _ in pairs(held) do n = n - 1 end
    assert(n == 0)
  end
end

for _, size in ipairs { 0, 3, 40 } do
  size_of_step, acts_in_turn = size, size == 0 and 60 or 20
  for _, mode in ipairs { "v", "kv" } do
    for name, key in pairs(keys_of) do values(mode, key) end
  end
  keys("k") keys("kv")
  print("steps of " .. size .. " KB")
end

-- What looks for a field of other tables: metatables, classes and environments that are weak themselves.
size_of_step = 0
local function churn(t, n) for i = 1, n do t["x" .. i] = {} t["f" .. i] = function() return i end end end
local function index(_, k) return k .. "?" end
local function get() return 1 end
local meta = setmetatable({ __index = index }, { __mode = "v" })
local class = setmetatable({ get = get }, { __mode = "v" })
local object = setmetatable({}, { __index = class })
local env = setmetatable({ print = print }, { __mode = "v" })
local in_env = setfenv(function() return lost, print end, env)
local found, lost = 0, 0
for round = 1, 3 do
  churn(meta, COUNT) churn(class, COUNT) churn(env, COUNT)
  env.lost = {}
  class.lost = function() return 2 end
  local was_lost = false
  repeat
    local t = setmetatable({}, meta)
    assert(t.a == "a?" and t.x1 == "x1?" and object.get == get and object:get() == 1)
    local l, p = in_env()
    assert(p == print)
    if was_lost then assert(object.lost == nil) end
    if object.lost == nil then was_lost = true end
    object.x1, object.own = nil, round
    assert(object.own == round)
    env.new, class["new" .. round] = round, get
    assert(env.new == round and object["new" .. round] == get)
  until step()
  collectgarbage()
  assert(object.lost == nil and in_env() == nil)
  found = found + (class.get == get and 1 or 0)
end
print(found)

-- Finalizers see neither the dead values nor lose what is kept by a key that is finalized.
local weak_values, weak_keys = setmetatable({}, { __mode = "v" }), setmetatable({}, { __mode = "k" })
local called, wrong = 0, 0
local proxy = newproxy(true)
getmetatable(proxy).__gc = function(u)
  called = called + 1
  local n = weak_keys[u]
  if not n or weak_values[n] ~= nil or weak_values[n + COUNT] ~= nil then wrong = wrong + 1 end
end
for round = 1, 3 do
  for i = 1, COUNT do
    local u = newproxy(proxy)
    weak_values[i] = u
    weak_values[i + COUNT] = { u }
    weak_keys[u] = i
  end
  repeat until step()
  collectgarbage()
end
print(called >= 2 * COUNT, wrong)

-- Chains of __index that change at random: what a field, a global and a method's name lead to has to be what a walk
-- with rawget and getmetatable finds. Keys come and go by every way to store, tables grow, metatables and __index are
-- exchanged, weak entries are cleared, and chains lead in circles. Between two changes there are many looks: what one
-- has spoilt the next may mend.
local names = { "a", "b", "c", "__index", "x1" }
local function body(text, name) return assert(loadstring((text:gsub("NAME", name)))) end
local field, method, global, store, store_again = {}, {}, {}, {}, {}
for _, k in ipairs(names) do
  field[k] = body("local o, turns = ... local v for i = 1, turns do v = o.NAME end return v", k)
  method[k] = body("local o = ... return o:NAME()", k)
  global[k] = body("local turns = ... local v for i = 1, turns do v = NAME end return v", k)
  store[k] = body("local o, v = ... o.NAME = v", k)
  store_again[k] = body("local o, v = ... for i = 1, 2 do o.NAME = v end", k)
end

local function field_by_key(o, k, turns) local v for i = 1, turns do v = o[k] end return v end
local function store_by_key(o, k, v) o[k] = v end

local function by_function(_, k) return "by function: " .. tostring(k) end
local function walk(o, k)
  for _ = 1, 100 do
    local is_table = type(o) == "table"
    local v = is_table and rawget(o, k)
    if is_table and v ~= nil then return v end
    local metatable = debug.getmetatable(o)
    local index = metatable and rawget(metatable, "__index")
    if index == nil then assert(is_table) return nil end
    if type(index) == "function" then return index(o, k) end
    o = index
  end
  error("a circle")
end

local random = math.random
local function run(seed, turns)
  math.randomseed(seed)
  local pool = {}
  for i = 1, 5 do pool[i] = {} end
  local userdata = newproxy(true)
  local function any() return pool[random(#pool)] end
  local function value(k)
    local r = random(10)
    if r <= 3 then return nil end
    if r == 4 then return by_function end
    if k == "__index" then return r == 5 and userdata or r == 6 and { a = r } or any() end
    return r <= 8 and random(100) or r == 9 and "text" .. random(5) or any()
  end
  local changes = {
    function(t, k) rawset(t, k, value(k)) end,
    function(t, k) rawset(t, k, value(k)) end,
    function(t, k) pcall(store[k], t, value(k)) end,
    function(t, k) pcall(store_again[k], t, value(k)) end,
    function(t, k) pcall(store_by_key, t, k, value(k)) end,
    function(t) setmetatable(t, random(2) == 1 and any() or nil) end,
    function() pool[random(#pool)] = {} end,
    function(t) t[random(-3, 8)] = random(3) > 1 and random(9) or nil end,
    function(t, k) t[k .. random(40)] = random(3) > 1 and random(9) or nil end,
    function() if random(10) == 1 then collectgarbage() else collectgarbage("step", random(3)) end end,
    function(t) for k in pairs(t) do if random(3) == 1 then t[k] = nil end end end,
    function() getmetatable(userdata).__index = value("__index") end,
    function(t) rawset(t, "__index", t) setmetatable(any(), t) setmetatable(t, nil) end,
    function(t) rawset(t, "__mode", random(3) == 1 and "kv" or nil) end,
    function(t) table.insert(t, 1, table.remove(t) or 0) end,
  }
  local looks = 0
  for turn = 1, turns do
    local t, k = any(), names[random(#names)]
    if random(10) == 1 then
      changes[random(#changes)](t, k)
    else
      local o, times = random(8) == 1 and userdata or t, random(3)
      local is_found, wanted = pcall(walk, o, k)
      local function check(what, ok, got)
        looks = looks + 1
        -- A weak entry may have gone since.
        if ok ~= is_found or ok and got ~= wanted then is_found, wanted = pcall(walk, o, k) end
        if ok ~= is_found or ok and got ~= wanted then
          error(("seed %d, turn %d, %s %s: %s, not %s"):format(seed, turn, what, k, tostring(got), tostring(wanted)))
        end
      end
      check("field", pcall(field[k], o, times))
      check("key", pcall(field_by_key, o, k, times))
      if o == t then check("global", pcall(setfenv(global[k], t), times)) end
      if is_found and type(wanted) == "function" then assert(method[k](o) == "by function: nil") end
    end
  end
  return looks
end

for seed = 1, 30 do print(run(seed, 5000) > 5000) end

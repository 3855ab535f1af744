-- One instruction, many tables: what it has found in one must not mislead it in the next. Fields at every place of
-- tables of every size, absent, removed, inherited, overridden, in globals of several environments.

local function get(t) return t.field end
local function set(t, v) t.field = v end
local function setk(t) t.field = "k" end
local function call(t) return t:method() end
local function both(t) return t.field, t.other, t.field end

local rnd = 12345
local function random(n) rnd = (rnd * 16807) % 2147483647; return rnd % n + 1 end
local names = {}
for i = 1, 60 do names[i] = "n" .. i end

-- Tables that hold the fields among others, made in different orders, with removals.
local function make(size, value)
  local t = {}
  for i = 1, size do
    t[names[random(60)]] = i
    if i == math.ceil(size / 2) then t.field = value; t.other = -value; t.method = function() return value end end
    if random(5) == 1 then t[names[random(60)]] = nil end
  end
  return t
end
local tables = {}
for i = 1, 200 do tables[i] = make(random(40), i) end
local sum = 0
for turn = 1, 3 do
  for i, t in ipairs(tables) do
    assert(get(t) == i and call(t) == i)
    local a, b, c = both(t)
    assert(a == i and b == -i and c == i)
    sum = sum + a
    set(t, i + 1); assert(rawget(t, "field") == i + 1); set(t, i)
    if i % 3 == turn - 1 then
      set(t, nil); assert(get(t) == nil and next(t) ~= nil)
      for k = 1, random(10) do t["x" .. turn .. k] = k end -- may rehash, or take the place
      assert(get(t) == nil); setk(t); assert(get(t) == "k"); set(t, i)
    end
    local n, f = 0, 0
    for k, v in pairs(t) do n = n + 1; if k == "field" then f = f + 1; assert(v == i) end end
    sum = sum + n; assert(f == 1)
  end
end
print(sum)

-- Empty tables, tables without the field, and other values.
for _, t in ipairs { {}, { 1, 2 }, { a = 1 }, { other = 1 }, make(3, 1) } do
  print(get(t), (both(t)), pcall(call, t) == false)
end
print(pcall(get, nil)); print(pcall(get, 1)); print(get("s"), pcall(call, "s")); print(pcall(set, nil, 1)); print(pcall(call, {}))

-- Inherited fields: the object's own, a class's, a class's class's, by turns; overridden and bared again.
local classes, objects = {}, {}
for depth = 1, 6 do
  local class = make(random(12), depth * 100)
  class.__index = class
  class.field, class.method = nil, nil
  if depth % 2 == 1 then class.field = "c" .. depth; class.method = function() return "m" .. depth end end
  classes[depth] = setmetatable(class, classes[depth - 1])
  for i = 1, 4 do
    local o = {}
    for k = 1, random(9) do o[names[random(60)]] = k end
    if i == 4 then o.field = "own" .. depth end
    objects[#objects + 1] = setmetatable(o, class)
  end
end
local out = {}
for turn = 1, 4 do
  for i, o in ipairs(objects) do
    out[#out + 1] = tostring(get(o)) .. tostring((both(o))) .. tostring(call(o))
  end
  local class = classes[turn + 1]
  class.field = turn % 2 == 0 and "new" .. turn or nil
  class.method = turn % 2 == 1 and function() return "newm" .. turn end or nil
  set(objects[turn * 3], nil); set(objects[turn * 3 + 1], turn)
  for k = 1, 20 do classes[turn]["grown" .. k] = k end
end
print(#out, table.concat(out, " "))

-- Globals: one function in environments of many shapes, and one that inherits.
local function code() x = (x or 0) + 1; y = x * 2; return x, y, z end
local sums = {}
for turn = 1, 3 do
  for i = 1, 30 do
    local env = tables[i]
    env.x, env.z = turn, i
    setfenv(code, env)
    local a, b, c = code()
    assert(a == turn + 1 and b == a * 2 and c == i and env.y == b)
    if i % 4 == 0 then env.z = nil; setmetatable(env, { __index = { z = "far" } }); assert(select(3, code()) == "far"); setmetatable(env, nil) end
    if i % 5 == 0 then env.y = nil; env.x = nil; code(); assert(env.x == 1 and env.y == 2) end
    sums[#sums + 1] = env.x + env.y
  end
end
print(#sums, sums[1], sums[77])

-- Collections, and weak tables that lose what was found.
local weak = setmetatable({}, { __mode = "v" })
for i = 1, 50 do
  set(weak, { i }); weak[names[i % 60 + 1]] = {}
  local v = get(weak); assert(v[1] == i); v = nil
  if i % 10 == 0 then collectgarbage(); assert(get(weak) == nil) end
end

-- The order of pairs is that of stores through any instruction.
local order = {}
for i = 1, 20 do order["field"] = i; set(order, nil); order["q" .. i] = i; set(order, i) end
local ks = {}
for k in pairs(order) do ks[#ks + 1] = k end
print(table.concat(ks, " "))

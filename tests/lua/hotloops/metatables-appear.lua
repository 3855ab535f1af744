-- Tables that get a metatable, or lose one, while hot loops read and store in them.

local log = {}
local function note(...) log[#log + 1] = table.concat({ ... }, ":") end
local function told() local s = #log .. " " .. table.concat(log, " ", math.max(1, #log - 5)) log = {} return s end

-- Reads of what is not there.
local function reads(t, n, change)
  local sum = 0
  for i = 1, n do
    if i == change then setmetatable(t, { __index = function(_, k) note("i", k) return 100 end }) end
    if i == change + 5 then setmetatable(t, nil) end
    sum = sum + (t[1] or 1) + (t[50] or 2) + (t.x or 3) + (t.y or 4)
  end
  return sum
end
for round = 1, 3 do print(reads({ 5, x = 6 }, 1000, 700), told()) end

local function stores(t, n, change)
  for i = 1, n do
    if i == change then setmetatable(t, { __newindex = function(_, k, v) note("n", k, v) end }) end
    t[1] = i
    t[i % 20 + 1] = i
    t.x = i
    t["k" .. i % 3] = i
    if i % 50 == 0 then t.x, t.k1, t[3] = nil end
    if i == change + 55 then setmetatable(t, nil) end
  end
  local keys = {}
  for k, v in pairs(t) do keys[#keys + 1] = tostring(k) .. "=" .. v end
  table.sort(keys)
  return table.concat(keys, " ")
end
for round = 1, 3 do print(stores({}, 1000, 700), told()) end

-- Lists that grow until the metatable comes.
local function grows(n, change)
  local t, other = {}, {}
  for i = 1, n do
    if i == change then setmetatable(t, { __newindex = other, __index = other }) end
    t[i] = i * 2
  end
  return #t, #other, rawget(t, change), t[n], rawget(other, n)
end
print(grows(1000, 600))
print(grows(1000, 513))

-- A metatable that was there gets its functions later.
local function later(n)
  local mt = {}
  local t = setmetatable({}, mt)
  local sum = 0
  for i = 1, n do
    if i == 500 then mt.__index = function(_, k) return k == "y" and 10 or 20 end end
    if i == 600 then mt.__newindex = function(t, k, v) rawset(t, k, v + 1000) end end
    if i == 700 then mt.__index = nil end
    if i == 800 then mt.__newindex = nil end
    t.x = i
    sum = sum + t.x + (t.y or 0) + (t[1] or 0)
    t.x = nil
  end
  return sum
end
print(later(1000))
print(later(1000))

-- Arithmetic, comparison, calls, concatenation and length of tables.
local function operators(n)
  local mt, a = {}, nil
  local sum = 0
  for i = 1, n do
    local x, y = i, i + 1
    if i > 900 and i % 10 == 0 then x, y = a, a end
    if i == 900 then
      a = setmetatable({ 1, 2 }, mt)
      mt.__add = function() return 7 end
      mt.__mul = function(p, q) return 9 end
      mt.__unm = function() return 11 end
      mt.__lt = function() return true end
      mt.__le = function() return false end
      mt.__call = function(self, v) return v * 2 end
      mt.__len = function() return 1000 end -- not asked for tables
    end
    sum = sum + (x + y) + (x * 2) - -x
    if x < y then sum = sum + 1 end
    if x <= y then sum = sum + 2 end
    if x == y then sum = sum + 4 end
    if type(x) == "table" then sum = sum + x(i) + #x end
  end
  return sum
end
print(operators(1100))

-- __eq comes after the comparison has been made often.
local function equals(n)
  local mt = { __eq = function(a, b) note("eq") return true end }
  local a, b = {}, {}
  local same = 0
  for i = 1, n do
    if i == n - 20 then setmetatable(a, mt) end
    if i == n - 10 then setmetatable(b, mt) end
    if a == b then same = same + 1 end
    if a ~= b then same = same + 1000 end
    if i == n - 5 then b = a end
  end
  return same
end
print(equals(1000), told())

-- Weak tables, and collections while the loop runs.
local function weak(n)
  local t, kept = setmetatable({}, { __mode = "v" }), {}
  local there = 0
  for i = 1, n do
    local o = { i }
    t[i] = o
    if i % 7 == 0 then kept[#kept + 1] = o end
    if i % 300 == 0 then
      o = nil
      collectgarbage()
      local count = 0
      for k, v in pairs(t) do count = count + 1 if v[1] ~= k then note("wrong", k) end end
      note(i, count >= #kept and count <= #kept + 1)
    end
  end
  return #kept
end
note = function(...) local t = { ... } for i = 1, #t do t[i] = tostring(t[i]) end log[#log + 1] = table.concat(t, ":") end
print(weak(1200), told())

-- Globals with a metatable on their table.
local env = {}
local f = setfenv(function(n)
  local missing = 0
  for i = 1, n do
    x = i
    if y == nil then missing = missing + 1 end
    if i == 500 then give() end
    if i == 700 then take() end
    z = x
  end
  return missing, z, x
end, env)
env.give = function() setmetatable(env, { __index = function(_, k) return k end, __newindex = function(t, k, v) rawset(t, k, v) end }) end
env.take = function() setmetatable(env, nil) end
print(f(1000))
env.y = 1
print(f(1000))

-- Tables that grow: which keys count for the array part, the order of `next` after each rehash, lists that grow from nothing.

local function order(t)
  local out = {}
  for k, v in next, t do out[#out + 1] = tostring(k) .. "=" .. tostring(v) end
  return table.concat(out, " ") .. " #" .. #t
end

-- Numbers that are indices, nearly indices, or never.
local edges = { 0, -0.0, 1, -1, 0.5, 1.5, 2.5, 3, 2 ^ 25, 2 ^ 26 - 1, 2 ^ 26, 2 ^ 26 + 1, 2 ^ 31, 2 ^ 31 - 1, -2 ^ 31, 2 ^ 32 + 1,
  2 ^ 52 + 0.5, 2 ^ 53, 1e300, -1e300, 1 / 0, -1 / 0, 5e-324, 1 + 2 ^ -52, 2 - 2 ^ -52, 2 ^ 26 - 0.5, 4, 5, 6, 7, 8, 9, 4 + 2 ^ -50 }
for first = 1, #edges, 3 do
  local t = {}
  for i = 0, #edges - 1 do
    t[edges[(first + i * 7) % #edges + 1]] = i
    print(order(t))
  end
end

-- Slices: more than half of 2^n indices, in every order, with names and objects between them.
local seed = 42
local function random(n) seed = seed * 16807 % 2147483647; return seed % n + 1 end
for round = 1, 60 do
  local t, log = {}, {}
  for i = 1, 90 do
    local kind = random(8)
    local k = kind < 5 and random(40) or kind == 5 and -random(40) or kind == 6 and random(20) * 64
      or kind == 7 and "n" .. random(20) or random(9) + 0.25
    -- Names stay: where one that has gone comes back depends on the collector.
    if random(4) == 1 and type(k) == "number" then t[k] = nil else t[k] = i end
    if i % 9 == 0 then log[#log + 1] = order(t) end
  end
  print(table.concat(log, "\n"))
end

-- Lists by one value after another, from constructors of every small size, plain and with metatables.
local function made(n)
  if n == 0 then return {} elseif n == 1 then return { "a" } elseif n == 2 then return { "a", "b" }
  elseif n == 3 then return { "a", "b", "c" } elseif n == 5 then return { "a", "b", "c", "d", "e" }
  elseif n == 7 then return { 1, 2, 3, 4, 5, 6, 7 } else return { nil, nil, 3 } end
end
local class = {}
class.__index = class
for _, n in ipairs { 0, 1, 2, 3, 5, 7, 8 } do
  for _, meta in ipairs { false, class, { __mode = "k" }, { __mode = "v" }, { __newindex = rawset } } do
    local t = made(n)
    if meta then setmetatable(t, meta) end
    local lengths = {}
    for i = n + 1, n + 20 do
      t[i] = i % 2 == 0 and "s" .. i or i
      lengths[#lengths + 1] = #t
      if i % 6 == 0 then t[i] = nil; lengths[#lengths + 1] = -#t; t[i] = i end
    end
    print(n, table.concat(lengths, ","), order(t))
  end
end

-- The first value of a list: nil, then others; with constant keys; removed again.
local t = {}
t[1] = nil; print(#t, next(t))
t[1] = false; print(#t, next(t))
t[2] = "two"; t[3] = nil; t[4] = "four"; print(order(t))
local i = 1
local u = {}
u[i] = nil; print(#u, next(u))
u[i] = "x"; print(#u, order(u)); u[i] = nil; print(#u, order(u)); u[i] = "y"; i = i + 1; u[i] = "z"; print(#u, order(u))
local w = {}
i = 0 / 0
print(pcall(function() w[i] = 1 end))
i = -0.0
w[i] = "zero"; print(w[0], order(w))

-- While the collector is at work: lists grow with what nothing else holds.
local lists = {}
for n = 1, 40 do lists[n] = {} end
for round = 1, 300 do
  local list = lists[round % 40 + 1]
  list[#list + 1] = { "value " .. round }
  collectgarbage("step", 0)
end
collectgarbage()
local sum = 0
for n = 1, 40 do
  for k, v in ipairs(lists[n]) do sum = sum + k * tonumber(v[1]:match("%d+")) end
end
print(sum)

-- Objects as keys are found again, and none that are not there.
local objects, map = {}, {}
for n = 1, 100 do objects[n] = n % 3 == 0 and {} or n % 3 == 1 and function() return n end or coroutine.create(function() end) end
for n = 1, 100, 2 do map[objects[n]] = n end
local found, missing = 0, 0
for n = 1, 100 do
  local v = map[objects[n]]
  if v == n then found = found + 1 elseif v == nil then missing = missing + 1 end
end
print(found, missing)
setmetatable(map, { __index = function(_, k) return type(k) end })
for n = 1, 4 do print(map[objects[n]]) end
for _, k in ipairs { 3, 0, 0.5, true } do print(map[k]) end
local zero = 0
print(map[zero], map[-zero], map[1 / zero])

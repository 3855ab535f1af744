-- Tables that have fields and get indices, in any order, as frames and syntax trees do: sizes, and so the order of pairs and what
-- # finds, are the reference's.

local function show(t)
  local seen = {}
  for k, v in pairs(t) do seen[#seen + 1] = tostring(k) .. "=" .. tostring(v) end
  return #t .. " " .. table.concat(seen, " ")
end

do
  local n = 2
  local v = { n = n } for k = 1, n do v[k] = k end v[0] = "zero" print(show(v))
  v = { op = "+", line = 3 } v[#v + 1] = "a" v[#v + 1] = "b" v[#v + 1] = "c" print(show(v))
  v = { line = 3, op = "+" } for i = 1, 9 do v[i] = i end print(show(v))
  v = {} v[0] = 0 v.n = 1 for i = 1, 5 do v[i] = i end print(show(v))
  v = { 1, 2 } v[0] = 0 v[-1] = -1 v[0.5] = "half" v[3] = 3 v[4] = 4 v[5] = 5 print(show(v))
  v = { 1, 2, 3 } v[0] = 0 v.x = 1 v[4] = 4 v.y = 2 v[5] = 5 print(show(v))
  v = { x = 1, y = 2, z = 3, w = 4 } for i = 1, 4 do v[i] = i end v.x = nil v[5] = 5 v.q = 1 print(show(v))
  v = { x = 1 } v[1] = nil v[1] = 1 v[1] = nil v[2] = 2 v[1] = 1 print(show(v))
  v = { x = 1 } rawset(v, 1, "a") table.insert(v, "b") table.insert(v, "c") rawset(v, 0, "z") print(show(v))
end

-- The same by chance, with keys that go again.
local seed = 7
local function random(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local keys = {}
for c in ("abcdefghijkl"):gmatch(".") do keys[#keys + 1] = c keys[#keys + 1] = c:rep(9) end
for i = -2, 9 do keys[#keys + 1] = i keys[#keys + 1] = i end
for _, k in ipairs { 0, 0.5, -1.5, 2 ^ 40, 1e300, true, ("k"):rep(50) } do keys[#keys + 1] = k end

local function grown(steps, names, deletes)
  local t = ({ function() return {} end, function() return { n = 1 } end, function() return { a = 1, b = 2 } end,
    function() return { "one" } end, function() return { "one", "two", "three", x = 1 } end })[random(5)]()
  for step = 1, steps do
    local what = random(10)
    if what <= names then t[keys[random(#keys)]] = step
    elseif what <= names + deletes then t[keys[random(#keys)]] = nil
    else t[#t + 1] = step end
  end
  return t
end

for round = 1, 1500 do
  print(round, show(grown(2 + random(14), round % 7, round % 3)))
end

-- With metatables, while the collector works, and with what is weak.
local kept = {}
for round = 1, 600 do
  local t = grown(6, 4, 1)
  setmetatable(t, round % 3 == 0 and { __mode = "k" } or round % 3 == 1 and { __newindex = function(s, k, v) rawset(s, k, v) end } or nil)
  kept[round % 50 + 1] = t
  for i = 1, 6 do
    t[#t + 1] = { round } -- objects
    if i % 2 == 0 then t[keys[random(24)]] = { i } end
    collectgarbage("step", 0)
  end
  local count = 0
  for k, v in pairs(t) do count = count + 1 if type(v) == "table" then assert(v[1]) end end
  print(round, #t, count)
end

-- Globals, fields of modules and small functions that are replaced while hot loops use them.

local out = {}
local function put(...) for i = 1, select("#", ...) do out[#out + 1] = tostring((select(i, ...))) end end
local function told() local s = table.concat(out, " ") out = {} return s end

-- A global function becomes another, of another number of arguments and results, native, callable, and nothing.
function step(x) return x + 1 end
local replacements = {
  [300] = function(x) return x + 2 end,
  [400] = function(x, y) return y and x + 3 or x - 1 end,
  [500] = function(...) return select("#", ...) + ... end,
  [600] = math.abs,
  [700] = setmetatable({}, { __call = function(self, x) return x + 4 end }),
  [800] = function() end,
  [810] = function(x) return "10" end,
  [820] = function(x) return x, x, x end,
  [900] = math.floor,
  [910] = function(x) local a, b, c, d, e = x, 1, 2, 3, 4 return a + b + c + d + e end,
}
local function run(n)
  local x, nils = 0, 0
  for i = 1, n do
    local r = replacements[i]
    if r then step = r end
    local y = step(x)
    if y == nil then nils = nils + 1 else x = y % 1000 end
  end
  return x, nils
end
for round = 1, 3 do put(run(1000)) end
print(told())
replacements[950] = "not a function"
step = function(x) return x + 1 end
print(pcall(run, 1000))
replacements[950] = nil
step = function(x) return x + 1 end
print(run(1000))

-- The math library's functions.
local floor = math.floor
local function maths(n)
  local sum = 0
  for i = 1, n do
    if i == 600 then math.floor = function(x) return -1 end end
    if i == 700 then math.floor = math.ceil end
    if i == 800 then math.floor = floor end
    if i == 900 then math.sqrt, math.abs = math.abs, math.sqrt end
    if i == 950 then math.sqrt, math.abs = math.abs, math.sqrt end
    sum = sum + math.floor(i / 3) + math.sqrt(i) % 1 + math.abs(-i) + math.max(i, 500) - math.min(i, 500)
    sum = sum + floor(i / 7)
  end
  return string.format("%.14g", sum)
end
for round = 1, 3 do print(pcall(maths, 1000)) end
math.sqrt, math.abs, math.floor = math.abs(-4) == 4 and math.sqrt or math.abs, math.abs(-4) == 4 and math.abs or math.sqrt, floor
for round = 1, 2 do print(pcall(maths, 890)) end

-- Wrong arguments, where there were right ones for long.
local function wrong(v) for i = 1, 1000 do local x = math.floor(i < 900 and i or v) end return "done" end
print(pcall(wrong, nil))
print(pcall(wrong, {}))
print(pcall(wrong, "12.5"))
print(pcall(wrong, "x"))
print(pcall(function() local t = {} for i = 1, 1000 do t.n = math.max(i, i < 900 and 1 or {}) end end))

-- A global that is a number, a string, nil; of an environment that is changed.
counter = 0
local function count(n) for i = 1, n do counter = counter + 1 end return counter end
put(count(1000))
counter = "5"
put(count(1000))
counter = nil
put(pcall(count, 10))
counter = {}
put(pcall(count, 10))
setfenv(count, { counter = 100 })
put(count(1000))
setfenv(count, setmetatable({}, { __index = function() return 7 end }))
put(count(1000))
counter = 0
setfenv(count, _G)
put(count(1000), counter)
print(told())

-- The environment changes in the middle, by a function that the loop calls.
local envs = {}
for e = 1, 4 do envs[e] = { name = e * 100, sum = 0 } end
local function swap(f, e) return setfenv(f, e) end
local body
body = setfenv(function(n, swap, envs, me)
  for i = 1, n do
    sum = sum + name + i % 3
    if i % 250 == 0 then swap(me or 1, envs[i / 250 % 4 + 1]) end
  end
end, envs[1])
body(1500, swap, envs, body)
body(1500, swap, envs, body)
for e = 1, 4 do put(envs[e].sum) end
print(told())

-- A small function whose own environment changes.
local small = function(x) return x + offset end
local function calls(n)
  local sum = 0
  for i = 1, n do
    if i % 200 == 0 then setfenv(small, { offset = i }) end
    sum = (sum + small(i)) % 1000003
  end
  return sum
end
setfenv(small, { offset = 0 })
print(calls(1500), calls(1500))

-- Many globals, so that their places move.
local function many(n)
  local sum = 0
  for i = 1, n do
    g_one = (g_one or 0) + 1
    if i % 10 == 0 then _G["g_" .. i] = i end
    if i % 100 == 0 then _G["g_" .. i - 50] = nil collectgarbage() end
    sum = sum + g_one + (g_500 or 0)
  end
  return sum
end
print(many(1500))
for i = 1, 1500 do _G["g_" .. i] = nil end
g_one = nil
print(many(700))

-- Functions made again and again from text: the new one may lie where an old one was.
local sum = 0
for i = 1, 300 do
  local f = loadstring("local n = ... local s = 0 for i = 1, 40 do s = s + i % " .. i .. " + n end return s")
  sum = (sum * 3 + f(i)) % 1000003
  local g = loadstring("return function(x) return x + " .. i .. " end")()
  local t = 0
  for j = 1, 40 do t = g(t) end
  sum = sum + t
  if i % 20 == 0 then f, g = nil, nil collectgarbage() end
end
print(sum)

-- Functions that builtins call often: what sort, gsub and foreach are given gets machine code, and is entered by it.
local function row(i) return { key = i * 7919 % 1013, name = "n" .. i % 97, i = i } end

-- Comparators: of numbers, of fields, with a second field, by metamethods, by a closure's upvalue that turns.
local function sorted(n, make, less)
  local t = {}
  for i = 1, n do t[i] = make(i) end
  table.sort(t, less)
  return t
end
local function number(i) return i * 16807 % 2147483647 end
local sum = 0
for round = 1, 6 do
  local t = sorted(700, number, function(a, b) return a > b end)
  for i = 2, #t do assert(t[i - 1] >= t[i]) end
  local r = sorted(500, row, function(a, b) return a.key < b.key end)
  for i = 2, #r do assert(r[i - 1].key <= r[i].key) end
  r = sorted(500, row, function(a, b)
    if a.name ~= b.name then return a.name < b.name end
    return a.i < b.i
  end)
  for i = 1, #r, 50 do sum = sum + r[i].i * i end
end
print(sum)

local M = {}
M.__lt = function(a, b) return a.v < b.v end
local m = sorted(400, function(i) return setmetatable({ v = number(i) % 91, i = i }, M) end, function(a, b) return a < b end)
print(m[1].v, m[200].v, m[400].v)

local upwards = true
local function turning(a, b) if upwards then return a < b end return a > b end
for _, way in ipairs { true, false, true } do
  upwards = way
  local t = sorted(600, number, turning)
  print(t[1], t[300], t[600])
end

-- A comparator that sees another kind of value after thousands of numbers.
local t = sorted(1500, function(i) return { k = number(i) } end, function(a, b) return a.k < b.k end)
local less = function(a, b) return a.k < b.k end
for _ = 1, 4 do table.sort(t, less) end
local words = {}
for i = 1, 300 do words[i] = { k = "w" .. number(i) % 1000 } end
table.sort(words, less)
print(words[1].k, words[150].k, words[300].k)
words[150].k = 12
print(pcall(table.sort, words, less))
print(pcall(table.sort, { { k = 1 }, 2, { k = 3 } }, less))
print(pcall(table.sort, { { k = 1 }, {}, { k = 3 } }, less))

-- One that contradicts itself.
print(pcall(table.sort, sorted(200, number), function(a, b) return true end))
local calls = 0
local _, thrown = pcall(table.sort, sorted(2000, number), function(a, b)
  calls = calls + 1
  if calls == 4000 then error({ code = calls }) end
  return a > b
end)
print(thrown.code)

-- What is seen from within, after many calls.
local seen
local function watched(a, b)
  calls = calls + 1
  if calls == 9000 then
    local info = debug.getinfo(1, "nSl")
    seen = { info.name or "?", info.namewhat, info.currentline - info.linedefined, debug.getinfo(2, "n").name, debug.getinfo(2, "S").what,
      (debug.traceback("here"):gsub("0x%x+", "ADDRESS")) }
  end
  return a < b
end
table.sort(sorted(3000, number), watched)
for _, what in ipairs(seen) do print(what) end

-- Varargs, tail calls, results more or fewer than one.
print(sorted(500, number, function(...) local a, b = ... return a < b end)[250])
local function last(a, b) return turning(a, b) end
print(sorted(500, number, last)[250])
print(sorted(500, number, function(a, b) if a < b then return true, "more" end end)[250])

-- Replacements.
local text = ("some words of 12 and 345 letters, "):rep(120)
local count = 0
local out = text:gsub("%w+", function(w) count = count + #w if count % 3 == 0 then return w:upper() elseif count % 3 == 1 then return count end end)
print(#out, count, out:sub(-40))
print(pcall(string.gsub, text, "%w", function(c) count = count + 1 if count > 3500 then return {} end return c end))
print(pcall(string.gsub, text, "%w", function(c) count = count + 1 return c + 1 end))
print(#text:gsub("(%w)(%w)", function(a, b) return b .. a end))

-- Walks.
local list, total = {}, 0
for i = 1, 3000 do list[i] = i % 11 end
table.foreachi(list, function(i, v) total = total + i * v end)
table.foreach(list, function(k, v) total = total - v end)
print(total, table.foreachi(list, function(i, v) if i == 2900 then return v + 0.5 end end))
print(pcall(table.foreachi, list, function(i, v) if i > 2500 then return v.x end end))

-- Hooks that come and go while a comparator runs.
local events, turns = 0, 0
table.sort(sorted(1200, number), function(a, b)
  turns = turns + 1
  if turns == 5000 then debug.sethook(function() events = events + 1 end, "c") end
  if turns == 5100 then debug.sethook() end
  return a < b
end)
print(events)
local lines = 0
table.sort(sorted(1200, number), function(a, b)
  turns = turns + 1
  if turns % 6000 == 0 then debug.sethook(function() lines = lines + 1 end, "l") end
  if turns % 6000 == 50 then debug.sethook() end
  return a < b
end)
debug.sethook()
print(lines)

-- Coroutines: a comparator resumes one, and runs in one.
local co = coroutine.wrap(function() local n = 0 while true do n = n + 1 coroutine.yield(n) end end)
local resumed = 0
table.sort(sorted(900, number), function(a, b) resumed = co() return a < b end)
print(resumed > 5000)
print(coroutine.resume(coroutine.create(function()
  local n = 0
  table.sort(sorted(900, number), function(a, b) n = n + 1 if n == 3000 then error("in a coroutine") end return a < b end)
end)))

-- Nested: a comparator that sorts, a replacement that replaces.
local inner = 0
table.sort(sorted(60, number), function(a, b)
  local s = sorted(20, function(i) return (a + i * b) % 101 end, function(x, y) inner = inner + 1 return x > y end)
  return a < b
end)
print(inner)
print((("a-b c-d "):rep(300):gsub("%S+", function(w) return (w:gsub("%a", function(c) return c:upper() .. "." end)) end)):sub(1, 30))

-- One that collects, with objects made in each call.
local made = setmetatable({}, { __mode = "k" })
table.sort(sorted(500, number), function(a, b)
  made[{ a, b }] = function() return a + b end
  if a % 97 == 0 then collectgarbage("step", 20) end
  return a < b
end)
collectgarbage()
print(next(made))

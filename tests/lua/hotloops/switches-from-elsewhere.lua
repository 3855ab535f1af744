-- Coroutines that are resumed from here and there: at another depth of nesting, by calls that want all results, from what
-- builtins call; many by turns, and what they are passed.

local yield, resume, wrap, create, status = coroutine.yield, coroutine.resume, coroutine.wrap, coroutine.create, coroutine.status
local format = string.format

local function counter()
  return function(a)
    local h = 0
    while true do
      local x, y, z = yield(a, h)
      h = (h * 31 + (x or 7) + (y and 100 or 3) + (z and 1000 or 5)) % 65521
      a = a + 1
    end
  end
end

-- By turns from the main program, from one coroutine and from one within another.
local co = create(counter())
local function from_one(n) local ok, a, h = resume(co, n) return h or ok end
local one = wrap(function() local n = 0 while true do n = n + 1 yield(from_one(n)) end end)
local two = wrap(function() while true do yield(one()) end end)
resume(co, 1)
local sum = 0
for i = 1, 6000 do
  local h
  if i % 7 == 0 then h = one() elseif i % 11 == 0 then h = two() else h = from_one(i) end
  sum = (sum * 3 + h) % 65521
end
print("depths", sum, status(co))

-- All results are wanted now and then.
local function all(...) return select("#", ...), (select(2, ...)) end
co = create(counter())
resume(co, 1)
for i = 1, 3000 do
  if i % 50 == 0 then
    local n, a = all(resume(co, i, true))
    sum = (sum + n + a) % 65521
  else
    local _, a, h, nothing = resume(co, i)
    sum = (sum * 5 + a + h + (nothing == nil and 1 or 2)) % 65521
  end
end
print("all", sum)

-- From a comparison of `sort` and a pattern's replacement, in which nothing may yield across, and that resume themselves.
co = create(counter())
resume(co, 1)
local t = {}
for i = 1, 300 do t[i] = (i * 7919) % 1009 end
table.sort(t, function(a, b) local _, _, h = resume(co, a) sum = (sum + h) % 65521 return a < b end)
for i = 1, 300 do
  if i % 3 == 0 then ("x"):gsub("x", function() local _, _, h = resume(co, i) sum = (sum + h) % 65521 end) end
  local _, _, h = resume(co, i)
  sum = (sum * 3 + h) % 65521
end
print("callbacks", sum)

-- Many coroutines by turns at one place, some of which end.
local row = {}
for i = 1, 20 do row[i] = wrap(function(n) for j = 1, 100 + i * 40 do n = yield(n * i % 1000) end return "end" end) end
local ended = 0
for turn = 1, 800 do
  for i = 1, #row do
    local f = row[i]
    if f then
      local v = f(turn)
      if v == "end" then row[i], ended = false, ended + 1 else sum = (sum * 3 + v) % 65521 end
    end
  end
end
print("row", sum, ended)

-- What is passed lies in registers: sums, counters, NaNs.
local back = wrap(function(x, y) while true do x, y = yield(x * 2 + 1, y / 3, 0 / 0) end end)
local h = 0
for i = 1, 4000 do
  local a, b, nan = back(i + 0.5, h - i)
  h = (h + a * 3 + b + (nan ~= nan and 1 or 0)) % 65521
end
print("numbers", format("%.10g", h))

-- Objects are collected while they switch.
local made = 0
for round = 1, 300 do
  local w = wrap(function() for i = 1, 20 do yield({ i, round }) end end)
  for i = 1, 20 do made = made + w()[1] end
  if round % 100 == 0 then collectgarbage() end
end
print("made", made)

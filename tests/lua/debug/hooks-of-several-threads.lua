-- Threads with hooks of different kinds side by side, hooks that are exchanged while they run, and what
-- is counted through calls, metamethods, protected calls, errors and iterators: every event and where it was.

local log = {}
local function note(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  log[#log + 1] = table.concat(parts, " ")
end
local function report(title)
  print(title, #log)
  for i = 1, #log do print("", log[i]) end
  log = {}
end

local object = setmetatable({}, {
  __index = function(_, key) return key end,
  __add = function(a, b) return 1 end,
  __lt = function(a, b) return true end,
  __eq = function(a, b) return false end,
  __concat = function(a, b) return "joined" end,
  __call = function(_, a, b) return a, b end,
  __newindex = function(t, k, v) rawset(t, k, nil) end,
})
local other = setmetatable({}, getmetatable(object))

local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local function tail(n) if n == 0 then return "end" end return tail(n - 1) end

local function work(steps)
  local sum = 0
  for i = 1, steps do
    sum = sum + (object + i)
    if object < other then sum = sum + 1 end
    if object == other then sum = sum - 100 end
    local s = object .. "x"
    object.field = s
    sum = sum + #object.name
    sum = sum + select("#", object(i, s))
    for k, v in pairs({ 10, 20, x = 30 }) do sum = sum + v end
    for _, v in ipairs({ 1, 2 }) do sum = sum + v end
    local ok, message = pcall(error, "wrong")
    local fine, f = pcall(fib, 4)
    local caught = xpcall(function() return nil + 1 end, function(m) return m end)
    sum = sum + f + #tail(3)
    while sum % 7 ~= 0 do sum = sum + 1 end
    repeat sum = sum - 1 until sum % 5 == 0
  end
  return sum
end

local function where(event, line)
  local info = debug.getinfo(3, "Sl")
  note(event, line, info.what, info.currentline)
end

-- The count alone, at several intervals.
for _, interval in ipairs { 1, 2, 3, 5, 7, 10, 64, 100, 1000 } do
  local times, lines = 0, 0
  debug.sethook(function()
    times = times + 1
    lines = lines * 31 % 1000003 + debug.getinfo(2, "l").currentline
  end, "", interval)
  local sum = work(3)
  debug.sethook()
  print("count", interval, sum, times, lines)
end

-- Calls alone, returns alone, both with a count.
for _, mask in ipairs { { "c", 0 }, { "r", 0 }, { "cr", 11 }, { "c", 23 }, { "l", 9 } } do
  debug.sethook(where, mask[1], mask[2])
  work(1)
  debug.sethook()
  report(mask[1] .. mask[2])
end

-- One thread counts, another sees calls, a third has no hook, the main thread sees lines.
local function count_here(event) note("counted", event, debug.getinfo(2, "l").currentline) end
local function call_here(event) note("called", event, debug.getinfo(2, "n").name) end
local counting = coroutine.create(function() for i = 1, 3 do fib(3) coroutine.yield(i) end end)
local calling = coroutine.create(function() for i = 1, 3 do fib(3) coroutine.yield(i) end end)
local free = coroutine.create(function() for i = 1, 3 do fib(3) coroutine.yield(i) end end)
debug.sethook(counting, count_here, "", 13)
debug.sethook(calling, call_here, "c")
for i = 1, 2 do
  coroutine.resume(counting) coroutine.resume(calling) coroutine.resume(free)
end
debug.sethook(where, "l")
coroutine.resume(counting) coroutine.resume(calling) coroutine.resume(free)
debug.sethook()
report("threads")
debug.sethook(calling)
coroutine.resume(counting)
coroutine.resume(calling)
report("only the count is left")

-- A count hook that becomes a line hook, a call hook, nothing, and a count hook again.
local stage = 0
local function becomes(event, line)
  stage = stage + 1
  note(stage, event, line, debug.getinfo(2, "l").currentline)
  if stage == 2 then debug.sethook(becomes, "l")
  elseif stage == 6 then debug.sethook(becomes, "cr")
  elseif stage == 12 then debug.sethook(becomes, "", 17)
  elseif stage == 15 then debug.sethook(becomes, "crl", 2)
  elseif stage == 25 then debug.sethook(becomes, "", 1)
  elseif stage == 30 then debug.sethook()
  end
end
debug.sethook(becomes, "", 10)
work(2)
print(debug.gethook())
report("changes")

-- A count hook that raises an error: caught by a protected call, in a coroutine, through an iterator.
local left
local function bomb() left = left - 1 if left == 0 then error("out of time", 2) end end
for _, first in ipairs { 1, 2, 5, 9, 20 } do
  left = first
  debug.sethook(bomb, "", 7)
  local ok, message = pcall(work, 5)
  debug.sethook()
  print("stopped", first, ok, message)
  left = first
  local co = coroutine.create(function() for k in pairs({ 1, 2, 3 }) do work(2) end end)
  debug.sethook(co, bomb, "", 7)
  print(coroutine.resume(co))
  print(coroutine.status(co), debug.gethook(co) == bomb)
end

-- Hooks are off while one runs, also through a protected call that fails in it.
local depth, deepest = 0, 0
debug.sethook(function()
  depth = depth + 1
  deepest = math.max(deepest, depth)
  pcall(fib, 3)
  pcall(error, "inside")
  fib(2)
  depth = depth - 1
end, "", 3)
work(1)
debug.sethook()
print("deepest", deepest)

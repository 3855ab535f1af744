-- Hooks that are set and removed deep within functions that have been called often: the events are those of a cold function.

local sethook, getinfo = debug.sethook, debug.getinfo
local log = {}
local function hook(event, line)
  local i = getinfo(2, "nS")
  log[#log + 1] = event:sub(1, 4) .. ":" .. tostring(line) .. ":" .. tostring(i.name) .. ":" .. (i.what == "C" and "C" or i.linedefined)
end
local function told() local s = table.concat(log, " ") log = {} return s end

local on, off, mask, count
local function deep(n)
  if n == on then sethook(hook, mask, count) end
  if n == 0 then return 0 end
  local v =
    deep(n - 1)
  if n == off then sethook() end
  return v + 1
end
local function tail(n) if n == 0 then return deep(6) end return tail(n - 1) end
local function two(n) if n < 2 then return n end return two(n - 1) + two(n - 2) end
local function within(n) if n == 3 then return deep(5) + two(4) end for i = 1, 2 do n = n + i end return math.floor(n / 2) + #tostring(n) end

-- Every mask, cold and hot.
for _, kind in ipairs { "cold", "warm", "hot" } do
  if kind == "warm" then for i = 1, 100 do deep(i % 9) tail(3) two(6) within(i % 5) end end
  if kind == "hot" then for i = 1, 800 do deep(i % 9) tail(i % 4) two(i % 9) within(i % 5) end end
  for _, m in ipairs { { "l", 0 }, { "c", 0 }, { "r", 0 }, { "crl", 0 }, { "", 1 }, { "", 3 }, { "l", 7 } } do
    mask, count = m[1], m[2]
    for _, place in ipairs { { 8, 8 }, { 2, 7 }, { 0, 1 }, { 0, 9 }, { 5, 3 } } do
      on, off = place[1], place[2]
      local v = deep(8)
      sethook()
      local lines = told()
      on, off = place[1] % 6, place[2] % 6
      local w = tail(2) + within(3)
      sethook()
      print(kind, mask, count, on, v, w, #lines, lines:sub(1, 700), told():sub(1, 300))
      on, off = nil, nil
    end
  end
end

-- How many instructions: a hook at each, in the middle of a call.
local events = 0
local function counter() events = events + 1 end
local function counted(n) if n == 9 then sethook(counter, "", 1) end if n == 0 then return 1 end local v = counted(n - 1) + n % 3 if n == 12 then sethook() end return v end
for i = 1, 5 do
  events = 0
  print(counted(12), events)
  for j = 1, 300 do counted(j % 9) end
end
sethook()

-- A hook that fails, one that changes a local, one that looks at all frames, one that calls what is hot.
local function victim(n, v) if n == 0 then return v end local w = victim(n - 1, v) return w + n end
for i = 1, 1500 do victim(i % 9, i) end
local function after(events, f, m, c) sethook(function(...) events = events - 1 if events == 0 then sethook() f(...) end end, m, c or 0) end
after(20, function() error("from a hook") end, "l")
print(pcall(victim, 30, 1))
after(15, function() error({}) end, "c")
print(type(select(2, pcall(victim, 30, 1))))
after(25, function() debug.setlocal(3, 1, 2) end, "l")
print(pcall(victim, 30, 1))
after(25, function() debug.setlocal(3, 2, "x") end, "c")
print(pcall(victim, 30, 1))
after(40, function(e, l) print(e, l, (debug.traceback("hook", 2))) end, "", 5)
print(pcall(victim, 12, 1))
after(40, function() print(victim(10, 5), victim(3, 2)) end, "l")
print(victim(40, 1))
after(10, function() collectgarbage() end, "r")
print(victim(40, 1))

-- It is set while coroutines wait in the same function: they have none.
local co = coroutine.wrap(function() local function f(n) if n == 0 then coroutine.yield(1) return 0 end return f(n - 1) + 1 end while true do coroutine.yield(f(8)) end end)
for i = 1, 400 do co() end
local seen = 0
sethook(function() seen = seen + 1 end, "c")
for i = 1, 10 do co() end
sethook()
print(seen)
print(debug.gethook() == nil)

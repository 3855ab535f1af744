-- Tail calls of functions with varargs: from functions with and without varargs, with fewer and more arguments than
-- parameters, open argument lists, captured variables, the table `arg`, errors and tracebacks.

local function show(...)
  local out = { select("#", ...) }
  for i = 1, out[1] do out[#out + 1] = tostring((select(i, ...))) end
  print(table.concat(out, " "))
end

local function walk(n, a, ...)
  if n == 0 then return a, ... end
  return walk(n - 1, a + 1, ...)
end
for _, n in ipairs { 0, 1, 2, 20000 } do
  show(walk(n, 0)) show(walk(n, 0, "x")) show(walk(n, 0, nil, nil)) show(walk(n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
end

-- The arguments become fewer, then more.
local function shrink(n, ...)
  if select("#", ...) == 0 then return n end
  return shrink(n + 1, select(2, ...))
end
show(shrink(0, 1, 2, 3, nil, 5, nil))
local function grow(n, ...)
  if n == 0 then return ... end
  return grow(n - 1, n, ...)
end
show(grow(30)) show((select("#", grow(200))))

-- Fewer arguments than parameters, and none.
local function many(a, b, c, d, ...) local e, f return a, b, c, d, e, f, select("#", ...), ... end
local function plain(...) return many(...) end
local function fixed(a, b) return many(a, b) end
show(plain()) show(plain(1)) show(plain(1, 2, 3, 4)) show(plain(1, 2, 3, 4, nil, 6)) show(fixed()) show(fixed(1, 2))
show((function() return many() end)()) show((function() return many(7) end)())
show((function(a, ...) return many(..., a) end)(1, 2, 3))

-- Two that call each other, one without varargs; and one whose variable is captured when it goes.
local ping, pong
function ping(n, ...) if n == 0 then return "ping", ... end return pong(n - 1, (...)) end
function pong(n, x) if n == 0 then return "pong", x end return ping(n - 1, x, n) end
show(ping(9, "a", "b")) show(ping(10, "a", "b")) show(pong(10001, "c"))
local kept = {}
local function capture(n, ...)
  local first = (...)
  kept[#kept + 1] = function() first = first + 1 return first, n end
  if n == 0 then return ... end
  return capture(n - 1, first * 2, ...)
end
show(capture(5, 1))
for round = 1, 2 do for _, f in ipairs(kept) do show(f()) end end

-- The table `arg`, metamethods and builtins in the way, other threads.
local function old(n, ...) if n == 0 then return arg.n, arg[1], arg[arg.n] end return old(n - 1, n, unpack(arg)) end
show(old(3, "last"))
local callable = setmetatable({}, { __call = function(self, n, ...) if n == 0 then return type(self), ... end return self(n - 1, n, ...) end })
show(callable(4)) show((function(...) return callable(...) end)(2, "x"))
show(coroutine.wrap(function(...) return walk(3, coroutine.yield(...)) end)("yielded"))
local co = coroutine.create(function(...) local function again(n, ...) if n > 5 then return ... end return again(n + 1, coroutine.yield(n), ...) end return again(1, ...) end)
for i = 1, 7 do show(coroutine.resume(co, "r" .. i)) end

-- Collected meanwhile: what is passed must be alive, and what was passed before need not be.
local function churn(n, t, ...)
  if n == 0 then return t[1], ... end
  if n % 50 == 0 then collectgarbage() end
  return churn(n - 1, { t[1] + 1 }, { n }, #tostring((...)) > 0)
end
print((churn(500, { 0 })))

local function fail(n, ...) if n == 0 then error("at the end", 2) end return fail(n - 1, n, ...) end
print(pcall(fail, 3))
print((select(2, xpcall(function() return fail(2) end, debug.traceback)):gsub("\n.*", "")))
local function trace(n, ...) if n == 0 then return (debug.traceback("trace")) .. "" end return trace(n - 1, ...) end
print((trace(2, 1, 2, 3):gsub("%[C%].*", "")))
local deep = 0
local function overflow(...) deep = deep + 1 if deep > 3e5 then return "no overflow" end return overflow(...) end
print(overflow(1, 2, 3))

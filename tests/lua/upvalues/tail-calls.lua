-- Tail calls out of functions whose variables a closure has captured: what it holds afterwards is what they held then, whatever takes
-- their place. To functions of every kind, with fewer and more arguments than they have parameters, up to the top, and through `__call`.

local kept = {}
local function keep(f) kept[#kept + 1] = f end
local function results(...)
  local out = { select("#", ...) }
  for i = 1, select("#", ...) do out[i + 1] = tostring((select(i, ...))) end
  return table.concat(out, " ")
end

local function plain(a, b, c) local x, y, z = a, b, c a, b, c = "over", "over", "over" return x, y, z end
local function capturing(a, b) keep(function() return a, b end) local c = a b = "capturing" return c, b end
local function varargs(...) local a, b = ... keep(function() return a, b end) return select("#", ...), ... end
local function old(...) return arg.n, arg[1], arg[2] end
local function many(a, b, c, d, e, f, g, h) local t, u, v, w = 1, 2, 3, 4 return h, g, f, e, d, c, b, a, t, u, v, w end
local object = setmetatable({}, { __call = function(self, a, b) return self == object, a, b end })
local closure = setmetatable({}, { __call = function(self, ...) local n = select("#", ...) keep(function() return n end) return n, ... end })
local callees = { plain, capturing, varargs, old, many, object, closure, rawequal, select, math.max, coroutine.wrap(function(...)
  while true do coroutine.yield(...) end
end) }

local function none(f) local n = "none" keep(function() return n end) return f() end
local function one(f, a) keep(function() return f == nil, a end) return f(a) end
local function three(f, a, b, c) local d = c keep(function(v) a = v or a return a, b, c, d end) return f(a, b, c) end
local function open(f, ...) local n = select("#", ...) keep(function() return n end) return f(...) end
local function open_results(f, a, b) keep(function() b = a return b end) return f(plain(a, b, 3)) end
local function inner(f, a, b)
  do local x = a keep(function() x = x return x end) end
  local y = b
  keep(function() y = y return y end)
  return f(y, a, b)
end
local function shared(f, a, b)
  local get, set = function() return a end, function(v) a = v end
  keep(get)
  set("set")
  keep(function() set(tostring(a) .. "+") return get() end)
  return f(a, b, set)
end
local function method(f, a) local o = { m = f } keep(function() return o.m == f, a end) return o.m(a, 2) end

for i, f in ipairs(callees) do
  for j, caller in ipairs { none, one, three, open, open_results, inner, shared, method } do
    for round = 1, 3 do
      kept = {}
      local ok, r
      if i >= 8 then -- what they say of their arguments
        ok, r = pcall(function() return results(caller(f, 2, 3, 4)) end)
        r = tostring(r):gsub("0x%x+", "address")
      else
        ok, r = true, results(caller(f, 1, 2, 3))
      end
      local line = { i, j, tostring(ok), (r:gsub("0x%x+", "address")) }
      for k, get in ipairs(kept) do line[#line + 1] = k .. ":" .. results(get()) end
      for k, get in ipairs(kept) do line[#line + 1] = k .. ":" .. results(get()) end
      print((table.concat(line, " "):gsub("0x%x+", "address")))
    end
  end
end

-- Loops of them: one frame for all, each with variables of its own.
do
  local gets = {}
  local function count(n, s)
    local own = n
    gets[#gets + 1] = function() own = own + 1 return own + s end
    if n == 0 then return s, n end
    return count(n - 1, s + n)
  end
  print(count(5000, 0))
  local sum = 0
  for i = 1, #gets do sum = sum + gets[i]() end
  print(#gets, sum)
  gets = {}
  local function even(n, ...) local k = n gets[1] = function() return k end if n == 0 then return "even", ... end return odd(n - 1, k, ...) end
  function odd(n, ...) local k = n if n % 100 == 1 then gets[2] = function() return k end end if n == 0 then return "odd" end return even(n - 1) end
  print(even(1001)) print(gets[1](), gets[2] and gets[2]())
  print(even(1000)) print(gets[1](), gets[2] and gets[2]())
end

-- Continuations.
do
  local function each(list, i, k) if i > #list then return k() end local v = list[i] return each(list, i + 1, function() return v .. k() end) end
  print(each({ "a", "b", "c", "d" }, 1, function() return "" end))
  local function run(g) return g() end
  local function wrap(n, k) return k(function() return n end) end
  local s = 0
  for i = 1, 300 do s = s + wrap(i, run) end
  print(s)
end

-- Errors, yields and hooks within.
do
  local function fail(a) error("fails with " .. tostring(a), 0) end
  local get
  local function caller(f, a) get = function() a = tostring(a) .. "'" return a end return f(a) end
  print(pcall(caller, fail, 1)) print(get(), get())
  print(pcall(caller, nil, 2)) print(get(), get())
  print(pcall(caller, "text", 3)) print(get(), get())
  local co = coroutine.wrap(function(a) local r = caller(coroutine.yield, a) print("resumed", r, get()) return caller(function(x) return x, coroutine.yield(x) end, r) end)
  print(co(5)) print(get()) print(co(6)) print(get()) print(co(7))
  local function deep(n) local x = n keep(function() return x end) if n == 0 then return debug.traceback("end") end return deep(n - 1) end
  print((deep(3):gsub("[^\n]*in main chunk.*", "")))
  local calls = {}
  debug.sethook(function(what) calls[#calls + 1] = what:sub(1, 6) end, "cr")
  caller(function(x) return x end, 9)
  debug.sethook()
  print(table.concat(calls, " "), get())
end

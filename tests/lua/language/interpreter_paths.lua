-- What the interpreter has shorter ways for, at the edges where those end.

-- A result used by the next instruction: numbers, then operands that are none, then jumps between.
local mt = {}
for _, e in ipairs { "add", "sub", "mul", "div" } do
  mt["__" .. e] = function(a, b)
    local x = type(a) == "table" and a.v or a
    local y = type(b) == "table" and b.v or b
    return setmetatable({ v = e .. "(" .. x .. "," .. y .. ")" }, mt)
  end
end
mt.__lt = function(a, b) return true end
local function T(v) return setmetatable({ v = v }, mt) end
local function chain(a, b, c)
  local x = a * b + c
  local y = c - a * b
  local z = (a + b) * (a + b)
  local w = (a + 1) / 2 - 3
  local v = 3 * (2 - a)
  return x, y, z, w, v
end
print(chain(2, 3, 4))
print(chain("2", 3, "4"))
for _, r in ipairs { chain(T "t", 3, 4) } do print(r.v) end
for _, r in ipairs { chain(2, T "t", 4) } do print(type(r) == "table" and r.v or r) end
local function branches(a, b, c)
  local r = a and b + 1 or c + 2
  r = r * 2
  if a then r = r - 1 else r = r + 1 end
  r = r * 3
  while r < 100 do r = r + r end
  return r, r - 1 == 5, r - r == 0, 0 == r - r, (r + 1 < 7), (7 <= r + 1)
end
print(branches(true, 1, 2)) print(branches(false, 1, 2)) print(branches(nil, 1, 40))
print(pcall(function(a) return a + 1 < {} end, 1))
print(pcall(function(a) return a * 2 + nil end, 1))
print(pcall(function(a) local q = {} return q.x * 2 + a end, 1))

-- The same while hooks look in between, and change what was computed.
local log = {}
debug.sethook(function(_, line)
  local i = 1
  while true do
    local name, value = debug.getlocal(2, i)
    if not name then break end
    if name == "changed" and value == 6 then debug.setlocal(2, i, 60) end
    i = i + 1
  end
end, "", 1)
do
  local changed = 1
  changed = changed + 5
  changed = changed * 2
  log[#log + 1] = changed
end
debug.sethook()
print(log[1])

-- Equality with constants.
local function eq(x) return x == 1, x ~= 1, x == nil, x == false, x == true, x == "s", 0 == x, "s" ~= x end
for _, x in ipairs { 1, 0, -0, 0 / 0, "1", "s", true, false, {} } do print(eq(x)) end
print(eq(nil))
local always = setmetatable({}, { __eq = function() return true end })
print(eq(always))

-- Remainders.
for _, a in ipairs { 5, -5, 5.5, -5.5, 0, -0, 2 ^ 31, 2 ^ 52 + 1, 2 ^ 53, 1e300 } do
  for _, b in ipairs { 3, -3, 4, 2.5, 1, 2 ^ 31, 2 ^ 53 - 1, 7e15, 1e-3 } do
    io.write(string.format("%.17g %.17g ", a % b, 1 / (a % b)))
  end
end
print()
print(pcall(function(a, b) return a % b, a % 0 == a % 0, 5 % a end, 7, 1 / 0))

-- A call whose function changes: Lua functions, varargs, builtins, objects, none.
local function call(f, ...) local a, b = f(...) return a, b end
local function two(a, b) return b, a end
local function one(a) return a end
local callable = setmetatable({}, { __call = function(self, a) return "called", a end })
for round = 1, 3 do
  for _, f in ipairs { two, one, math.max, function(...) return select("#", ...), ... end, callable,
      string.byte, two, one, function() end } do
    print(pcall(call, f, 1, 2))
  end
end
print(pcall(call, nil), pcall(call, 5))
local function tail(f, ...) return f(...) end
for _, f in ipairs { two, one, math.max, callable, select, tail } do print(pcall(tail, f, 5, 2)) end
local made = {}
for i = 1, 50 do made[i] = function(a) return a + i end end
local sum = 0
for round = 1, 3 do for i = 1, 50 do sum = sum + made[i](round) end end
print(sum)
made = nil collectgarbage()
local function few(a, b, c) return a, b, c end
print(few(1), few(1, 2), few(1, 2, 3, 4), (few(few(1))))

-- Any number of results where any other is wanted.
local function none() end
local function three() return 1, 2, 3 end
local function five(...) return 1, 2, 3, ... end
local a, b, c, d = none() print(a, b, c, d)
a, b, c, d = three() print(a, b, c, d)
a, b = five(4, 5) print(a, b)
print((none()), (three()), #{ none() }, #{ three() }, #{ five(4, 5) }, select("#", none(), none()))
for i, j, k, l in function(s, i) if i < 3 then return i + 1, s end end, "s", 0 do print(i, j, k, l) end
for i, j in function(...) local n = select("#", ...) if (...) then (...)[1] = (...)[1] + 1
  if (...)[1] < 3 then return (...)[1], n end end end, { 0 } do print(i, j) end

-- Lengths and appending, in arrays with holes too.
local t = {}
for i = 1, 40 do t[#t + 1] = i table.insert(t, -i) end
print(#t) for i = 1, 30 do t[#t] = nil end print(#t)
for holes = 1, 12 do
  local t = {}
  for i = 1, 16 do t[i] = i end
  local sizes = {}
  for i = 16, 1, -1 do if i % 3 == holes % 3 or i > holes + 2 then t[i] = nil end sizes[#sizes + 1] = #t end
  for i = 1, 5 do t[#t + 1] = i sizes[#sizes + 1] = #t table.insert(t, i) sizes[#sizes + 1] = #t end
  print(table.concat(sizes, " "))
end
local shared = { {}, { 1, 2, 3 }, { 1, nil, 3 }, { x = 1 }, { nil, nil, 3 }, "string" }
for round = 1, 3 do for i = 1, #shared do io.write(#shared[i], " ") end end print()

-- Builtins with the arguments their handlers leave to them.
print(math.floor(-0), 1 / math.floor(-0), math.floor(-0.5), math.floor(2 ^ 40 + 0.5), math.floor("3.7"), math.floor(-2 ^ 31 - 0.5))
print(math.ceil(-0.5), 1 / math.ceil(-0.5), math.ceil(2.1), math.ceil(-2 ^ 31), math.ceil("3.2"), math.ceil(1e300))
print(math.max(1, 2), math.max(2), math.max(1, 3, 2), math.max("10", 9), math.min(1, 2), math.min(0 / 0, 1) == math.min(0 / 0, 1))
print(math.abs(-3), 1 / math.abs(-0), math.sqrt(16), math.sqrt(-1) ~= math.sqrt(-1), math.sqrt("4"))
print(("abc"):byte(), ("abc"):byte(2), ("abc"):byte(-1), ("abc"):byte(0), ("abc"):byte(4), ("abc"):byte(-4), ("abc"):byte(1, 3), ("abc"):byte(2.5))
print(select("#"), select("#", nil, nil), select(2, 1, 2, 3), select(-1, 1, 2, 3), (select(5, 1)), (select("2", 1, 7)))
print(pcall(select, 0), pcall(select), pcall(select, -5, 1), pcall(math.floor), pcall(math.max), pcall(string.byte), pcall(type))
print(type(nil), type(2), type("x"), type(print), type({}), pcall(type))
print(next({}), next({ 5 }), next({ 5 }, 1), next({ x = 1 }), pcall(next, {}, "absent"), pcall(next))
local order = { 10, 20, 30, a = 1 }
local k, v = next(order) while k do io.write(tostring(k), "=", v, " ") k, v = next(order, k) end print()
print(unpack({ 1, 2, 3 }), (unpack({ 1, 2 })), unpack({ 1, nil, 3 }, 1, 3), unpack({}, 1, 2), unpack({ 1, 2 }, 2, 1), unpack({ 1, 2, 3 }, -1, 1))
print(rawget({ 5 }, 1), rawget({ x = 6 }, "x"), rawget({}, nil), rawget(setmetatable({}, { __index = error }), "y"), rawequal("a", "a"), rawequal({}, {}), rawequal(1, 1))
print(getmetatable({}), getmetatable(setmetatable({}, { __metatable = "hidden" })), getmetatable("").__index == string, pcall(getmetatable))
print(pcall(setmetatable, {}), pcall(setmetatable, setmetatable({}, { __metatable = 1 }), {}), pcall(setmetatable, 1, {}), setmetatable({}, nil) ~= nil)
print(tonumber(5), tonumber("0x10"), tonumber("z", 36), tonumber(nil), pcall(tonumber), tostring("x"), tostring(1.5), pcall(tostring))
print(assert(1, 2, 3), (assert("x")), pcall(assert, false), pcall(assert, nil, "message"), pcall(assert))

-- pcall and coroutines, results in any number, errors through them.
local function work(...) if ... == "fail" then error("failed", 0) end return ... end
local p, q, r, s = pcall(work, 1, 2) print(p, q, r, s)
print((pcall(work, 1)), select("#", pcall(work)), pcall(work, "fail"), pcall(pcall, work, "fail"), pcall(pcall), pcall(error))
local depth = 0
local function deep(n) if n == 0 then error({ "bottom" }) end depth = depth + 1 return pcall(deep, n - 1) end
print(deep(100), depth)
local gen = coroutine.create(function(...)
  local got = { ... }
  for i = 1, 4 do got = { coroutine.yield(i, unpack(got)) } end
  error("ended")
end)
print(coroutine.resume(gen, "a", "b"))
print((coroutine.resume(gen, "c")))
local x, y, z = coroutine.resume(gen) print(x, y, z)
coroutine.resume(gen, 1, 2, 3)
print(coroutine.resume(gen)) print(coroutine.resume(gen)) print(coroutine.status(gen))
for i, j, k in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, i * i) end end) do print(i, j, k) end
print(pcall(coroutine.yield, 1))

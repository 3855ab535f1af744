-- Coroutines, metamethods, hooks, environments and loading, one in the other.

-- a metamethod that resumes a coroutine whose metamethod resumes a coroutine …
local function nest(n)
  if n == 0 then return { "end" } end
  return setmetatable({}, { __index = coroutine.wrap(function(_, k)
    while true do
      local inner = nest(n - 1)
      _, k = coroutine.yield(inner[k] or inner)
    end
  end) })
end
local t = nest(60)
for i = 1, 5 do t = t[i] if type(t) ~= "table" then break end end

-- arithmetic, comparison, concatenation and calls, all of them through coroutines that yield in between
local yielding = {}
for _, event in ipairs { "add", "sub", "mul", "div", "mod", "pow", "unm", "concat", "eq", "lt", "le", "call", "index" } do
  yielding["__" .. event] = function(a, b) coroutine.yield(event) return 1 end
end
yielding.__newindex = function() coroutine.yield("newindex") end
local function object() return setmetatable({}, yielding) end
local function everything()
  local a, b = object(), object()
  local x = a + b, a - b, a * b, a / b, a % b, a ^ b, -a, a .. b, a .. "x" .. 1 .. b, a == b, a < b, a <= b, a(b), a.x
  a.x = 1
  for _ in a, b do break end
  if a < b and a <= b or not (a == b) then a[b] = a end
  return a(a, b, a.y, a < b)
end
for drop = 1, 40 do
  local co = coroutine.create(everything)
  for i = 1, drop do
    if not coroutine.resume(co) then break end
    if i % 5 == 0 then collectgarbage() end
  end
  debug.traceback(co)
  for level = 0, 3 do
    if debug.getinfo(co, level) then for i = 1, 8 do debug.getlocal(co, level, i) end end
  end
end
collectgarbage()

-- hooks: set in other threads, from hooks, cleared in hooks, that fail, collect, and change locals
local events = 0
local function hook(event)
  events = events + 1
  if events % 17 == 0 then collectgarbage() end
  if events % 23 == 0 then error("from a hook") end
  if events % 5 == 0 then debug.setlocal(2, 1, events) end
  if events % 29 == 0 then debug.sethook() end
  if events % 31 == 0 then debug.sethook(hook_again, "crl", 3) end
end
function hook_again() hook() end
local function noisy(n)
  local x, s = 0, ""
  for i = 1, n do x = (tonumber(x) or 0) + i s = tostring(s):sub(1, 20) .. i end
  return pcall(string.gsub, tostring(s), "%d", function(d) return d end)
end
for _, mask in ipairs { "c", "r", "l", "crl", "", "cl" } do
  for _, count in ipairs { 0, 1, 7 } do
    local co = coroutine.create(function() for i = 1, 20 do noisy(10) coroutine.yield() end end)
    debug.sethook(co, hook, mask, count)
    for i = 1, 25 do
      coroutine.resume(co)
      debug.sethook(co, i % 3 == 0 and hook or nil, mask, count)
      local own = coroutine.create(function() debug.sethook(hook, mask, count) noisy(5) end)
      coroutine.resume(own)
    end
  end
end
debug.sethook()
collectgarbage()

-- environments of what is running
local function env_of_level()
  for level = 1, 5 do
    pcall(setfenv, level, setmetatable({}, { __index = _G, __newindex = function(_, k) collectgarbage("step") end }))
  end
  some_global = tostring(another)
  return getfenv(1)
end
for _ = 1, 100 do
  local f = loadstring("x = 1 local y = x f() return z")
  setfenv(f, { f = function() setfenv(f, { z = 5 }) collectgarbage() end })
  assert(f() == 5)
  coroutine.wrap(env_of_level)()
end
local thread_env = coroutine.create(function() return x end)
debug.setfenv(thread_env, { x = 9 })
collectgarbage()
coroutine.resume(thread_env)

-- load in a reader in a load, with collections, failures and yields
local function reader(depth)
  local step = 0
  return function()
    step = step + 1
    collectgarbage("step", 10)
    if depth > 0 and step % 2 == 1 then
      local f = load(reader(depth - 1), "inner" .. depth)
      if f and step < 3 then f() end
    end
    if step == 7 and depth % 2 == 1 then error("reader " .. depth) end
    return ({ "local a, b = ", "1, 'two' ", "local function f(...) return ", "..., a, b end ", "return f(", "b)", " ", nil })[step]
  end
end
for depth = 0, 6 do
  local ok, f = pcall(load, reader(depth), "=outer")
  if ok and f then f() end
end
for i = 1, 30 do
  local co = coroutine.wrap(function()
    return load(function() return coroutine.yield(i) end)
  end)
  pcall(co)
  pcall(co, "return ")
end
collectgarbage()

-- many values
local many = {}
for i = 1, 7900 do many[i] = i end
local function pass(...) return ... end
local function count(...) return select("#", ...) end
for _ = 1, 20 do
  assert(count(pass(unpack(many))) == 7900)
  assert(select("#", pcall(pass, unpack(many))) == 7901)
  local co = coroutine.wrap(function(...) while true do coroutine.yield(...) end end)
  assert(count(co(unpack(many))) == 7900)
  assert(count(co()) == 7900)
  assert(#{ pass(unpack(many)) } == 7900)
  assert(#string.char(unpack({ ("x"):byte(1, -1) })) == 1)
end
local function grow(n, ...) if n == 0 then return select("#", ...) end return grow(n - 1, n, ...) end
assert(grow(2000) == 2000)
assert(select("#", ("x"):rep(7000):byte(1, -1)) == 7000)
for _, f in ipairs { math.max, math.min, string.char, table.concat, select, print and type, rawequal } do
  pcall(f, unpack(many))
  pcall(function() return coroutine.wrap(function(...) return f(...) end)(unpack(many)) end)
end

-- formats and sizes
for _, format in ipairs { "%99d", "%-99.99f", "%099.99e", "%+#99.99g", "%99s", "%-99.99s", "%99c", "%099x", "%#99o", "%99i", "%99u", "%.99E", "%q" } do
  for _, value in ipairs { 0, -1, 1e308, -1e-308, 0 / 0, 1 / 0, 2^53, -2^63, 2^64, "9", "0x10" } do
    local ok, text = pcall(string.format, format:rep(20), unpack((function() local a = {} for i = 1, 20 do a[i] = value end return a end)()))
    assert(not ok or #text >= 20, format)
  end
end
for _, bad in ipairs { "%100d", "%.100d", "%-+ #0-d", "%", "%l", "%5", "%.", "%-", "%y", "%\0", "%99", "%99.", "%1$d", "%*d", "%hd", "%Lf", "%n", "%p" } do
  pcall(string.format, bad, 1)
end

-- sequences with holes and far ends
local far = setmetatable({}, { __index = function(_, k) if type(k) == "number" and k % 3 == 0 then return nil end return "v" end })
for _, range in ipairs { { 2147483640, 2147483647 }, { -2147483648, -2147483640 }, { -3, 3 }, { 2147483647, -2147483648 }, { 2^31, 2^31 }, { 1e300, 1 },
  { -1e300, -1e300 }, { 0 / 0, 0 / 0 } } do
  local a, b = range[1], range[2]
  pcall(table.concat, {}, ",", a, b)
  if a == a and b == b then pcall(table.concat, { [a] = "x", [b] = "y" }, ",", a, b) end
  pcall(unpack, {}, a, b)
  pcall(unpack, { 1, 2, 3 }, a, b)
  if b > -10 and b < 2^31 then pcall(table.insert, { 1, 2, 3 }, b, 1) end -- each place from there on is moved
  pcall(table.remove, { 1, 2, 3 }, a)
  pcall(string.sub, "abc", a, b)
  pcall(string.byte, "abc", a, b)
  pcall(string.rep, "", a)
  pcall(select, a, 1, 2, 3)
  pcall(string.find, "abc", "b", a)
end
pcall(table.concat, far, ",", 1, 100)

-- wrap in a metamethod in a sort in a pcall, again and again, with whatever is left behind collected
for round = 1, 30 do
  local list = {}
  local kept = {}
  local lt = function(a, b)
    local co = coroutine.wrap(function(x, y)
      if round % 3 == 0 then kept[#kept + 1] = coroutine.create(function() return x, y end) end
      if #kept % 7 == 6 then error("seven") end
      coroutine.yield()
      return x[1] < y[1]
    end)
    co(a, b)
    if round % 2 == 0 then collectgarbage("step", 20) end
    return co()
  end
  for i = 1, 30 do list[i] = setmetatable({ (i * 13) % 31 }, { __lt = lt }) end
  for i = 2, 30 do setmetatable(list[i], getmetatable(list[1])) end
  pcall(table.sort, list)
  local co = coroutine.create(function(...) return table.sort(...) end)
  coroutine.resume(co, list, function(a, b) coroutine.yield() return a[1] < b[1] end)
  for i = 1, round do coroutine.resume(co, true) end
end
collectgarbage()

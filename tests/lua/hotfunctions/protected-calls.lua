-- `pcall` of small functions, in loops that are hot.

local turns = 800
local pcall, error, select, tostring = pcall, error, select, tostring

local function work(a, b) return a + b, a - b end
local function none() end
local function three(x) return x, nil, x end

-- Results: as many as are wanted, fewer, more, all of them.
local sum, text = 0, nil
for i = 1, turns do
  local ok, x, y, z = pcall(work, i, 2)
  sum = sum + x * y
  pcall(none)
  local only = pcall(none, 1, 2)
  local a, b = pcall(none)
  local c, d, e, f, g = pcall(three, i)
  text = tostring(ok) .. tostring(z) .. tostring(only) .. tostring(a) .. tostring(b) .. d .. tostring(e) .. f .. tostring(g)
  sum = sum + select("#", pcall(three, i)) + select(2, pcall(work, i, 1))
  local t = { pcall(work, i, 3) }
  sum = sum + #t + t[3]
end
print(sum, text)

-- Fewer and more arguments than parameters.
local function count(a, b) return (a and 1 or 0) + (b and 2 or 0) end
sum = 0
for i = 1, turns do
  local _, a = pcall(count)
  local _, b = pcall(count, i)
  local _, c = pcall(count, i, i, i)
  sum = sum + a + 10 * b + 100 * c
end
print(sum)

-- Failures, of every kind, now and then.
local Failure = setmetatable({}, { __tostring = function() return "a failure" end })
local function may_fail(i, t)
  if i % 97 == 0 then error("number " .. i) end
  if i % 89 == 0 then error(Failure) end
  if i % 83 == 0 then error() end
  if i % 79 == 0 then return t.x.y end
  if i % 73 == 0 then return t < 1 end
  if i % 71 == 0 then error("level two", 2) end
  return i
end
local failures = {}
sum = 0
for i = 1, turns do
  local ok, what = pcall(may_fail, i, {})
  if ok then sum = sum + what else failures[#failures + 1] = tostring(what) end
end
print(sum, #failures, table.concat(failures, "|", 1, 20))

-- Every turn fails.
local messages = 0
for i = 1, turns do
  local ok, what = pcall(function(x) return x.y end, nil)
  if not ok then messages = messages + #what end
  ok, what = pcall(i < 0 and none or may_fail, 97)
  if not ok then messages = messages + #what end
end
print(pcall(function() for i = 1, turns do local ok, what = pcall(may_fail, 97 * i) messages = messages + #what end end))
print(messages)

-- One within another.
local function inner(i) if i % 100 == 0 then error({ i }) end return i * 2 end
local function outer(i)
  local ok, x = pcall(inner, i)
  if not ok then error(x[1] + 1) end
  return x + 1
end
sum = 0
for i = 1, turns do
  local ok, x = pcall(outer, i)
  sum = sum + (ok and x or #x)
end
print(sum)

-- Other functions than before: of another kind, of C, none; and something else in the place of pcall.
local objects = setmetatable({}, { __call = function(self, a, b) return "called", a end })
local functions = { work, work, work, function(...) return select("#", ...), "rest" end, math.max, objects, 42, coroutine.wrap(function(a) while true do a = coroutine.yield("co", a) end end) }
local out = {}
for i = 1, turns do
  local f = functions[i % 50 == 0 and i / 50 % #functions + 1 or 1]
  local ok, a, b = pcall(f, i, 1)
  local line = tostring(ok) .. type(a) .. type(b)
  out[line] = (out[line] or 0) + 1
end
local function calls(by, i) return by(work, i, 1) end
local function other(f, ...) return "other", f(...) end
for i = 1, turns do
  local ok, a, b = calls(i % 100 == 0 and other or i % 70 == 0 and function(f, x) return xpcall(function() return f(x, 2) end, print) end or pcall, i)
  local line = tostring(ok) .. a - b
  out[line] = (out[line] or 0) + 1
end
local lines = {}
for line, times in pairs(out) do lines[#lines + 1] = line .. " " .. times end
table.sort(lines)
print(table.concat(lines, "; "))

-- What is seen from within: levels, names, tracebacks.
local wanted
local function looks(i)
  if i == wanted then
    local frames = {}
    for level = 1, 4 do
      local info = debug.getinfo(level, "nSl")
      frames[level] = info and (info.what .. ":" .. tostring(info.name) .. ":" .. info.currentline)
    end
    return table.concat(frames, " "), debug.traceback("seen")
  end
  return i
end
local function run()
  local last, trace
  for i = 1, turns do
    local ok, x, y = pcall(looks, i)
    if y then last, trace = x, y end
  end
  return last, trace
end
run()
wanted = turns - 3
print(run())

-- Objects that are made and collected meanwhile, and finalizers.
local collected = 0
local function makes(i)
  local u = newproxy(true)
  getmetatable(u).__gc = function() collected = collected + 1 end
  if i % 50 == 0 then collectgarbage() end
  if i % 60 == 0 then error(u) end
  return { i }
end
local kept = 0
for i = 1, turns do
  local ok, t = pcall(makes, i)
  if ok then kept = kept + t[1] else kept = kept + (type(t) == "userdata" and 1 or 0) end
end
collectgarbage()
print(kept, collected > turns / 2)

-- Recursion to the end of the stack, and loops that go on after.
local depth = 0
local function deep(i) depth = depth + 1 local x = deep(i + 1) return x end
local function safe(i) if i % 200 == 0 then return deep(1) end return i end
sum = 0
for i = 1, turns do
  local ok, x = pcall(safe, i)
  if ok then sum = sum + x else sum = sum + (x:find("stack overflow") and 1000 or 0) end
end
print(sum, depth > 10000)

-- A handler of an xpcall around: errors within pcall are not its.
local handled = 0
print(xpcall(function()
  local failed = 0
  for i = 1, turns do
    local ok = pcall(inner, i)
    if not ok then failed = failed + 1 end
    if i == turns then pcall(work, {}, 1) error("out " .. failed) end
  end
end, function(m) handled = handled + 1 return m .. "!" end))
print(handled)

-- Hooks that are set within.
local hooked = 0
local function sets(i)
  if i == wanted then debug.sethook(function(event) hooked = hooked + 1 end, "r") end
  return i
end
sum = 0
for i = 1, turns do
  local ok, x = pcall(sets, i)
  sum = sum + x
  if i == turns - 1 then debug.sethook() end
end
print(sum, hooked)

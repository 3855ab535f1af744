-- Frames below, looked at and changed by debug.* from within functions that are called often.

local getinfo, getlocal, setlocal = debug.getinfo, debug.getlocal, debug.setlocal
local out = {}
local function told() local s = table.concat(out, "\n") out = {} return s end

local function look(levels)
  for level = 2, levels + 1 do
    local i = getinfo(level, "nSluf")
    if not i or i.what == "main" then break end
    local list = { tostring(i.name), i.namewhat, i.what, i.currentline, i.linedefined, i.lastlinedefined or "", i.nups, type(i.func) }
    for k = 1, i.what == "Lua" and 40 or 0 do
      local name, v = getlocal(level, k)
      if not name or name:find "^%(" and level == 2 then break end
      list[#list + 1] = name .. "=" .. ((type(v) == "number" or type(v) == "string" or v == nil) and tostring(v) or type(v))
    end
    out[#out + 1] = table.concat(list, " ")
  end
end

-- All that is told of each level.
local calls = 0
local function leaf(a, ...) calls = calls + 1 if calls % 1000 == 0 then look(12) end return a, ... end
local function mid(n, s) local t, u = { n }, s .. n local r = leaf(n, t, u) return r + 1, t end
local function rec(n, acc) local before = acc if n == 0 then return (mid(acc, "m")) end local v, w = rec(n - 1, acc + n), leaf(n) return v + w, before end
local function tails(n) if n == 0 then return rec(2, 0) end return tails(n - 1) end
local C = {}
C.__index = C
function C:method(n, ...) local extra = select("#", ...) if n == 0 then return rec(1, extra) end return self:method(n - 1, n, ...) + 1 end
local o = setmetatable({}, C)
function globally(n) for i = 1, 2 do n = n + rec(1, i) end return n end
local t = { field = function(n) return leaf(n) + rec(1, n) end }
for i = 1, 2500 do rec(i % 4, i) tails(i % 3) o:method(i % 3) globally(i) t.field(i) end
print(calls)
print(told())

-- The same values, whether seldom or often called.
local function fresh() return loadstring("local look, n = ... local function f(n, a, b) local c = a * 2 if n == 0 then look(5) return c end local d = f(n - 1, c % 100, 'x') local e = d + 1 return e end return f")() end
local first, second = fresh(), fresh()
local cold, hot
first = loadstring("local look = ... local function f(n, a, b) local c = a * 2 if n == 0 then if b then look(6) end return c end local d = f(n - 1, c % 100, b) local e = d + 1 return e end return f", "=f")
local f = first(look)
f(4, 7, true)
cold = told()
for i = 1, 2000 do f(i % 6, i) end
f(4, 7, true)
hot = told()
print(cold == hot, hot)

-- Locals of the caller, of its caller, ... are set.
local function set(level, name, value)
  local last
  for k = 1, 200 do
    local found = getlocal(level + 1, k)
    if not found then break end
    if found == name then last = k end
  end
  return last and setlocal(level + 1, last, value)
end
local plan
local function bottom() if plan then return set(plan[1] + 1, plan[2], plan[3]) end end
local function stairs(n, keep)
  local v, w = n, n * 2
  if n == 0 then bottom() return v + w end
  local below = stairs(n - 1, keep)
  return below + v + w + keep
end
for i = 1, 2000 do stairs(i % 6, 1) end
for _, value in ipairs { 0.5, "7", -1, 1e300, "x", {}, true } do
  for _, p in ipairs { { 1, "v" }, { 2, "v" }, { 3, "w" }, { 4, "keep" }, { 2, "n" }, { 5, "v" }, { 1, "n" } } do
    plan = { p[1], p[2], value }
    print(tostring(type(value) == "table" and "table" or value), p[1], p[2], pcall(stairs, 4, 1))
    plan = nil
    if stairs(4, 1) ~= 34 then print("not as before") end
  end
end
plan = { 2, "v", nil }
print(pcall(stairs, 4, 1))
plan = nil

-- ... in a loop that calls, and in one that is called.
local function inner(n, i) if n == 0 then if i == 900 then set(3, "sum", 0.25) elseif i == 950 then set(3, "step", 10) elseif i == 990 then set(3, "sum", "5") end return 1 end local r = inner(n - 1, i) return r end
local function outer(n)
  local sum, step = 0, 1
  for i = 1, n do
    sum = sum + inner(0, i) * step
    sum = sum + inner(1, 0)
  end
  return sum
end
print(outer(500), outer(1000))

-- The function of a level, its environment, its upvalues, by level.
X = "global"
local function names(level) return getinfo(level + 1, "l") and getfenv(level + 1).X or "none" end
local function env(n) if n == 0 then return names(1), names(2), names(3), names(4) end local a, b, c, d = env(n - 1) return a, b, c, d end
for i = 1, 1500 do env(i % 5) end
print(env(3))
setfenv(env, { X = "other" })
print(pcall(env, 3))
setfenv(env, _G)
local function swap(n) if n == 0 then setfenv(3, { X = "swapped", names = names }) return X end local before = X local r = swap(n - 1) return before, r, X end
for i = 1, 300 do setfenv(swap, _G) swap(2 + i % 3) end
setfenv(swap, _G)
print(swap(3))

-- Active lines, and what getinfo says of functions as such, are no matter of how hot they are.
local lines = {}
for line in pairs(getinfo(stairs, "L").activelines) do lines[#lines + 1] = line end
table.sort(lines)
print(table.concat(lines, " "), getinfo(stairs, "S").what, getinfo(stairs, "u").nups, getinfo(1, "l").currentline)

-- A frame that is gone, and levels beyond all.
print(getinfo(100), pcall(getlocal, 100, 1))
local function levels(n) if n == 0 then local k = 1 while getinfo(k, "l") do k = k + 1 end return k end local v = levels(n - 1) return v end
local counted = {}
for i = 1, 1500 do counted[i % 20] = levels(i % 20) end
print(table.concat(counted, " "))

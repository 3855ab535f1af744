-- Functions that are replaced while others call them, and while they are at work themselves.

local out = {}
local function put(...) for i = 1, select("#", ...) do out[#out + 1] = tostring((select(i, ...))) end end
local function told() local s = table.concat(out, " ") out = {} return s end

-- A global one.
function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local first = fib
put(fib(15))
local news = {
  function(n) return 1 end, math.abs, math.floor, function(n) if n < 2 then return n, n end return fib(n - 2), 5 end, setmetatable({}, { __call = function(self, n) return n * 2 end }),
  function(...) return select("#", ...) end, function(n) return tostring(n) end, function() end, "text", nil, 5, {}, math.max, first,
}
for k = 1, 14 do
  fib = news[k]
  put(k, pcall(first, 9))
  fib = first
  put(fib(12))
end
print(told())

-- By the function itself, deep down; those above go on with the new one.
local turns = 0
function walk(n)
  turns = turns + 1
  if n == 0 then
    if turns > 2000 and turns % 100 == 0 then walk = turns % 200 == 0 and function(n) return 1000 end or math.abs end
    return 0
  end
  local a = walk(n - 1)
  return a + walk(n - 1) + 1
end
local walker = walk
for i = 1, 60 do
  put(walker(i % 7))
  walk = walker
end
print(told())

-- Upvalues, by others and in their own frame.
local f
local function g(n) if n == 0 then return 1 end return f(n - 1) + 1 end
f = function(n) if n == 0 then return 2 end return g(n - 1) + 10 end
local f1, g1 = f, g
for i = 1, 1500 do
  if i == 700 then f = function(n) return n / 2 end end
  if i == 750 then f = f1 end
  if i == 800 then g = math.abs end
  if i == 850 then g = function(n) return f1(n) end end
  if i == 900 then g = g1 end
  if i == 1000 then f = nil end
  if i == 1001 then f = f1 end
  if i == 1100 then debug.setupvalue(f1, 1, function() return -1 end) end
  if i == 1150 then debug.setupvalue(f1, 1, g1) end
  local ok, v = pcall(g1, i % 9)
  if i % 50 == 0 or not ok then put(i, v) end
end
print(told())

-- Fields and methods, at all places of a chain of classes.
local A = {}
A.__index = A
local B = setmetatable({}, A)
B.__index = B
local C = setmetatable({}, B)
C.__index = C
function A:sum(n) if n == 0 then return self.base end return n + self:sum(n - 1) end
local sum = A.sum
local o = setmetatable({ base = 1 }, C)
for i = 1, 1500 do
  if i == 600 then function B:sum(n) return 1 + A.sum(self, n) end end
  if i == 650 then function o.sum(self, n) return 2 + B.sum(self, n) end end
  if i == 700 then o.sum = nil end
  if i == 720 then B.sum = nil end
  if i == 800 then A.sum = function(self, n) if n == 3 then A.sum = sum end return sum(self, n) end end
  if i == 900 then C.__index = function(t, k) return B[k] end end
  if i == 950 then C.__index = C end
  if i == 1000 then setmetatable(o, nil) o.sum = sum end
  if i == 1050 then setmetatable(o, C) o.sum = nil end
  if i == 1100 then A.sum = nil end
  if i == 1102 then A.sum = sum end
  if i == 1200 then o.base = "5" end
  if i == 1250 then o.base = {} end
  if i == 1252 then o.base = 1 end
  local ok, v = pcall(function() return o:sum(i % 8) end)
  if i % 50 == 0 or not ok or i > 600 and i < 605 then put(i, v) end
end
print(told())

-- A field of a module, replaced by what it calls.
local M = {}
function M.visit(n, act) if n == 0 then return act(n) end return M.visit(n - 1, act) + 1 end
local visit, acts = M.visit, 0
local function act(n)
  acts = acts + 1
  if acts % 500 == 0 then M.visit = function(n, act) return 100 * n end elseif acts % 500 == 3 then M.visit = visit end
  return 0
end
local total = 0
for i = 1, 2500 do total = total + visit(i % 6, act) end
print(total, acts)

-- Functions made from text again and again, so that a new one may lie where an old one was; the callers stay.
local function call(f, n) if n == 0 then return f(1) end return call(f, n - 1) + f(n) end
local all = 0
for i = 1, 200 do
  local f = loadstring("local n = ... if n > 5 then return n end return n + " .. i)
  for again = 1, 12 do all = (all * 3 + call(f, again % 7)) % 1000003 end
  local g = loadstring("local function g(n) if n == 0 then return " .. i .. " end return g(n - 1) + 1 end return g")()
  for again = 1, 12 do all = (all + g(again)) % 1000003 end
  if i % 20 == 0 then f, g = nil, nil collectgarbage() end
end
print(all)

-- Closures of one text with other upvalues, by turns.
local function make(k) local function self(n) if n <= 0 then return k end return self(n - 1) + k end return self end
local made = {}
for k = 1, 5 do made[k] = make(k) end
all = 0
for i = 1, 1500 do
  if i == 1000 then made[3] = make("7") end
  if i == 1200 then made[3] = make(0.5) end
  all = all + made[i % 5 + 1](i % 6)
end
print(all)
made[2] = make({})
print(pcall(made[2], 3))
print(pcall(made[2], 0) and "a table")

-- Other environments.
offset = 1
local function env(n) if n == 0 then return offset end return env(n - 1) + offset end
for i = 1, 1500 do
  if i == 800 then setfenv(env, { offset = 10 }) end
  if i == 900 then setfenv(env, setmetatable({}, { __index = function(t, k) return #k end })) end
  if i == 1000 then setfenv(env, { offset = "3" }) end
  if i == 1100 then setfenv(env, {}) end
  if i == 1102 then setfenv(env, _G) end
  local ok, v = pcall(env, i % 5)
  if i % 100 == 4 or not ok then put(i, v) end
end
print(told())

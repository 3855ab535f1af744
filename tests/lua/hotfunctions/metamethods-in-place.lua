-- Metamethods of reads and stores, comparisons, concatenation and calls, which are small functions, in hot loops: what they are
-- given, what comes of their results, and what happens where one is not called, is another, fails, or yields.

local function each(n, f) local r for i = 1, n do r = f(i) end return r end

-- == Calls of objects =========================================================================

local C = {}
C.__index = C
C.__call = function(self, a, b, ...) self.n = self.n + (a or 0) return b, select("#", ...), self end
local function object() return setmetatable({ n = 0 }, C) end
local o, sum = object(), 0
for i = 1, 3000 do
  local b, c, s = o(i, i + 1, nil, 2)
  sum = sum + b + c + (o() == nil and 1 or 0) + select("#", o(1)) + (s == o and 1 or 2)
  if (o(i)) ~= nil or select(3, o(1, 2)) ~= o then print("wrong") end
end
print(sum, o.n)
local Class = setmetatable({}, { __call = function(class, ...) local new = setmetatable({}, class) new:init(...) return new end })
Class.__index = Class
function Class:init(x, y) self.x, self.y = x, y or 1 end
sum = 0
for i = 1, 3000 do local p = Class(i, i % 3) sum = sum + p.x + p.y + Class(i).y end
print(sum)
local function tail(f, ...) return f(...) end
sum = 0
for i = 1, 3000 do sum = sum + tail(o, i, 2) + tail(Class, i).x end
print(sum, o.n)
local callable = setmetatable({}, { __call = function(self, a) return a end })
for i = 1, 4000 do
  local f = callable
  if i > 3000 then f = i % 3 == 0 and print == nil or i % 3 == 1 and tostring or callable end
  if f then sum = sum + #tostring(f(i)) end
end
print(sum)
print(pcall(function() for i = 1, 2000 do if i == 1900 then setmetatable(callable, nil) end callable(i) end end))

-- == Reads ====================================================================================

local log = {}
local R = {}
R.__index = function(t, k) if k == "bad" then error("no " .. k) end return k end
local r = setmetatable({ own = 1 }, R)
local numbers = setmetatable({ 10, 20, 30 }, { __index = function(t, k) return -k end })
local names = { "own", "other", "third", "own" }
sum = 0
for i = 1, 3000 do
  sum = sum + #r.field + r.own + numbers[i % 5 + 1] + numbers[4] + #tostring(r[names[i % 4 + 1]]) + #tostring(r[i]) + #tostring(r[true])
  if i == 2000 then r.field = "now its own" elseif i == 2500 then r.field = nil end
end
print(sum)
print(pcall(each, 2000, function(i) return r[i == 1990 and "bad" or "good"] end))
print(pcall(each, 2000, function(i) return i < 1990 and r.good or r.bad end))
local M = setmetatable({}, { __index = function(t, k) return function(self, a) return k .. (a or "") end end })
for i = 1, 2000 do if M:method(i) ~= "method" .. i then print("wrong") end end
local classes = setmetatable({}, { __index = function(t, k) if k == "second" then return nil end return k end })
for i = 1, 2000 do local a, b = classes.first, classes.second if a ~= "first" or b ~= nil then print("wrong") end end

-- A table that becomes crowded, so that its keys are looked for otherwise, has what it has.
local crowd = setmetatable({}, { __index = function(t, k) return "absent" end })
local function read(n) local r for i = 1, n do r = crowd.own if r ~= "absent" then return r end end return r end
local function read_by_name(n, name) local r for i = 1, n do r = crowd[name] if r ~= "absent" then return r end end return r end
print(read(5000), read_by_name(5000, "other"))
for n = 1, 3000 do crowd[n * 4095 * 2 ^ -1074] = n end -- all are the same to the hash of 4096 nodes
rawset(crowd, "own", 1) rawset(crowd, "other", 2)
print(read(5000), read_by_name(5000, "other"), read_by_name(10, "third"))

-- == Stores ===================================================================================

local kept = {}
local S = { __newindex = function(t, k, v) kept[k] = v end }
local s = setmetatable({}, S)
for i = 1, 3000 do
  s.a = i
  s.b = nil
  s[names[i % 4 + 1]] = i
  s[i % 3] = i
  if rawget(s, "a") ~= nil or kept.a ~= i or kept.b ~= nil then print("wrong", i) end
  if i == 2000 then rawset(s, "third", 0) end
end
print(kept.a, kept.own, kept.other, kept.third, rawget(s, "third"), kept[0], kept[1], kept[2])
for k in pairs(s) do io.write(tostring(k), " ") end print()
local proxied = { n = 0 }
local proxy = setmetatable({}, { __index = function(_, k) return proxied[k] end, __newindex = function(_, k, v) proxied[k] = v end })
for i = 1, 3000 do proxy.n = proxy.n + i proxy.last = i end
print(proxy.n, proxied.last, next(proxy))
print(pcall(each, 2000, function(i) s.x = i if i == 1990 then S.__newindex = function() error("closed", 2) end end end))

-- == Comparisons ==============================================================================

local calls = 0
local E = {}
E.__eq = function(a, b) calls = calls + 1 return a.x == b.x end
E.__lt = function(a, b) return a.x < b.x end
E.__le = function(a, b) if a.x <= b.x then return a end end
local function e(x) return setmetatable({ x = x }, E) end
local a, b, c = e(1), e(1), e(2)
local t = { 0, 0, 0, 0, 0, 0, 0, 0 }
for i = 1, 2000 do
  if a == b then t[1] = t[1] + 1 end
  if a ~= c then t[2] = t[2] + 1 end
  if not (a == a) then t[3] = t[3] + 1 end
  if a < c then t[4] = t[4] + 1 end
  if c <= a then t[5] = t[5] + 1 end
  if a <= b and b >= a then t[6] = t[6] + 1 end
  t[7] = t[7] + ((a < b) == false and 1 or 0) + ((a == c) and 1 or 0)
  local d = i % 2 == 0 and a or c
  if d == b then t[8] = t[8] + 1 end
  while d < c do d = c end
  repeat d = a until d == b
end
print(calls, unpack(t))
local others = { e(1), e(2), {}, setmetatable({ x = 1 }, {}), 1, "x", false, newproxy() }
sum = 0
for i = 1, 4000 do
  local other = i < 2000 and others[i % 2 + 1] or others[i % 8 + 1]
  if a == other then sum = sum + 1 end
  if other ~= a then sum = sum + 2 end
end
print(sum, calls)
print(pcall(each, 2000, function(i) return a < (i < 1990 and c or 1) end))
print(pcall(each, 2000, function(i) return a < (i < 1990 and c or {}) end))
local L = { __lt = function(a, b) return a.x < b.x end }
local l1, l2 = setmetatable({ x = 1 }, L), setmetatable({ x = 2 }, L)
sum = 0
for i = 1, 2000 do
  if l1 <= l2 then sum = sum + 1 end
  if l2 <= l1 then sum = sum + 2 end
  if a <= c then sum = sum + 4 end
end
print(sum)
E.__eq = function(a, b) return "yes" end
sum = 0
for i = 1, 2000 do if a == c then sum = sum + 1 end if i == 1500 then E.__eq = function() end end end
print(sum)

-- == Concatenation ============================================================================

local K = {}
K.__concat = function(a, b) return type(a) == "table" and a.x or a end
K.__tostring = function(k) return "K" .. k.x end
local k = setmetatable({ x = 7 }, K)
sum = 0
for i = 1, 3000 do
  sum = sum + (k .. i) + (k .. "x") + #(i .. "x" .. k .. "") + #tostring(i .. k) + (k .. k)
  if i == 2000 then K.__concat = function(a, b) return 1 end end
end
print(sum)
print(pcall(each, 2000, function(i) return (i < 1990 and k or {}) .. "x" end))

-- Texts and numbers before objects; strings and numbers whose metatables have something to say of it.
local J = { __concat = function(a, b) return a == "s" and 3 or type(a) == "number" and a or 4 end }
local j = setmetatable({}, J)
sum = 0
for i = 1, 6000 do
  local text = i < 3000 and "s" or i % 3 == 0 and i or "other"
  sum = sum + ("s" .. j) + (i .. j) + (text .. j)
  if i == 4000 then getmetatable("").__concat = function(a, b) return 100 end
  elseif i == 4500 then getmetatable("").__concat = nil debug.setmetatable(1, { __concat = function(a, b) return 1000 end })
  elseif i == 5000 then debug.setmetatable(1, nil)
  elseif i == 5500 then debug.setmetatable("", { __index = string }) end
end
print(sum)
print(pcall(each, 2000, function(i) return (i < 1990 and "s" or {}) .. j end), pcall(each, 2000, function(i) return (i < 1990 and "s" or nil) .. j end))

-- == What looks at them from inside, and yields ===============================================

local W = {}
local function look(event) return event .. " " .. debug.traceback("", 2):gsub("\n", "|"):gsub("%[C%].*", "") end
for _, event in ipairs { "index", "newindex", "eq", "lt", "le", "concat", "call", "add", "unm" } do
  W["__" .. event] = function(a, b) if W.shown then W.text = look(event) end return 1 end
end
local w, v = setmetatable({ n = 0 }, W), setmetatable({ n = 0 }, W)
for i = 1, 2000 do
  W.shown = i == 1700
  local x = w.field
  if W.shown then print(W.text) end
  rawset(w, "y", nil)
  w.y = x
  if W.shown then print(W.text) end
  x = w == v
  if W.shown then print(W.text) end
  x = w < v
  if W.shown then print(W.text) end
  x = w <= v
  if W.shown then print(W.text) end
  x = w .. v
  if W.shown then print(W.text) end
  x = w(1)
  if W.shown then print(W.text) end
  x = w + v
  if W.shown then print(W.text) end
  x = -w
  if W.shown then print(W.text) end
end

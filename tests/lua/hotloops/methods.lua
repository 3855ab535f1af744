-- Methods of objects in hot loops: through several classes, overridden, taken away, hidden by the object's own.

local function class(parent)
  local c = {}
  c.__index = c
  return setmetatable(c, parent)
end
local A = class()
local B = class(A)
local C = class(B)
local D = class(C)
local E = class(D)
function A:get() return self.n end
function A:set(n) self.n = n return self end
function A:add(n) self:set(self:get() + n) end
function A.kind() return 1 end
function B:twice() return self:get() * 2 end
function C:sum(x, y, z) return x + (y or 10) + (z or 100) + self.n end

local function work(o, n)
  local sum = 0
  for i = 1, n do
    o:add(i)
    sum = (sum + o:twice() + o:get() + o.kind() + o:sum(i) + o:sum(i, 1) + o:sum(i, 1, 2) + o:sum(i, 1, 2, 3)) % 1000003
    o:set(sum % 100)
  end
  return sum
end
local objects = {}
for i, c in ipairs { C, D, E } do objects[i] = setmetatable({ n = i }, c) end
for round = 1, 3 do
  for i = 1, 3 do print(round, i, work(objects[i], 500)) end
end

-- The class of the object changes from turn to turn.
local function mixed(n)
  local sum = 0
  for i = 1, n do
    local o = objects[i * 7 % 3 + 1]
    o:set(i)
    sum = (sum * 3 + o:get() + o.kind()) % 1000003
  end
  return sum
end
print(mixed(1500))

-- Methods change while the loop runs.
local function changing(o, n)
  local sum = 0
  for i = 1, n do
    if i == 300 then function C:get() return self.n + 1 end end
    if i == 400 then function A:get() return self.n + 1000 end end -- hidden
    if i == 500 then C.get = nil end
    if i == 600 then function A:get() return self.n end end
    if i == 700 then o.get = function() return 5 end end
    if i == 800 then o.get = nil end
    if i == 900 then B.kind = function() return 2 end end
    if i == 950 then B.kind = nil end
    if i == 1000 then setmetatable(o, A) end
    if i == 1050 then setmetatable(o, C) end
    if i == 1100 then C.__index = function(_, k) return A[k] end end
    if i == 1200 then C.__index = C end
    if i == 1250 then setmetatable(B, nil) B.get, B.set, B.kind = A.get, A.set, A.kind end
    if i == 1300 then setmetatable(B, A) B.get, B.set, B.kind = nil end
    o:set(i)
    sum = (sum + o:get() * 3 + o.kind()) % 1000003
    sum = (sum + o:get() * 5) % 1000003
  end
  return sum
end
for round = 1, 3 do print(changing(objects[1], 1500)) end

-- A method that is missing, then there, then no function.
local function missing(o, n)
  for i = 1, n do
    if i == n - 1 then o.late = nil end
    o:late(i)
  end
end
local o = { late = function(self, i) self.last = i end }
print(pcall(missing, o, 1000))
print(o.last)
o.late = 5
print(pcall(missing, o, 3))
o = setmetatable({}, { __index = { late = function(self, i) self.last = i end } })
print(pcall(missing, o, 1000))
print(o.last)

-- Methods of strings.
local function strings(n)
  local sum = 0
  for i = 1, n do
    local s = "abcdefghij"
    if i % 500 == 0 then string.twice = function(s) return s .. s end end
    sum = sum + s:len() + s:byte(i % 10 + 1)
    if string.twice then sum = sum + s:twice():len() end
  end
  string.twice = nil
  return sum
end
print(strings(1200))

-- Accessors with one, two, no results; called as statements, arguments, in conditions.
local P = class()
function P:nothing() end
function P:one() return 1 end
function P:two() return 1, 2 end
function P:tail() return self:two() end
function P:id(...) return ... end
local p = setmetatable({}, P)
local sum = 0
for i = 1, 1000 do
  p:nothing() p:one() p:two()
  local a = p:nothing()
  local b, c = p:one()
  local d, e, f = p:two()
  local g, h, j = p:tail()
  local k, l = p:id(i), (p:id(i, i))
  if a == nil and c == nil and f == nil and j == nil and e == 2 and h == 2 and l == i then sum = sum + b + d + g + k end
  sum = sum + select("#", p:two()) + select("#", p:nothing())
  if p:one() == 1 and not p:nothing() then sum = sum + 1 end
end
print(sum)

-- Recursion in and below such a function.
function P:fact(n) if n <= 1 then return 1 end return n * self:fact(n - 1) end
function P:even(n) if n == 0 then return true end return self:odd(n - 1) end
function P:odd(n) if n == 0 then return false end return self:even(n - 1) end
sum = 0
for i = 1, 600 do sum = (sum + p:fact(i % 12)) % 1000003; if p:even(i % 9) then sum = sum + 1 end end
print(sum)

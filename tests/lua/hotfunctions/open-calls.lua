-- Results that are passed on as many as there are: f(g(x)), { g(x) }, return g(x), and methods of them.

local function pair(n) if n <= 0 then return 0, 1 end local a, b = pair(n - 1) return b, (a + b) % 10007 end
local function swap(a, b) return b, a end
local function add(a, b) return a + (b or 0) end
local function id(...) return ... end
local function count(...) return select("#", ...) end
local function first(a) return a end
local function none() end
local function nested(n) if n == 0 then return 1 end return add(nested(n - 1), nested(n - 1)) end
local function inner(n, m) if n <= 0 then return m or 0 end return inner(n - 1, inner(n - 2, add(pair(n)))) end

local sum = 0
for i = 1, 1500 do
  local n = i % 9
  sum = sum + add(pair(n)) + add(swap(pair(n))) + add(swap(swap(id(pair(n))))) + count(pair(n), pair(n)) + count(none(), none()) + count((none()))
  sum = sum + first(pair(n)) + first(id(id(id(n, n)))) + #{ pair(n), pair(n), id(1, 2, 3) } + (select(2, pair(n)))
  sum = (sum + nested(n % 5) + inner(n % 6)) % 1000003
end
print(sum)

-- As arguments of builtins, and from builtins.
sum = 0
for i = 1, 1500 do
  local n = i % 7
  sum = sum + math.max(pair(n)) + math.floor(add(pair(n)) / 2) + math.abs(pair(n)) + tonumber(tostring(pair(n))) + #tostring(add(pair(n)))
  sum = sum + count(unpack({ pair(n) })) + add(unpack({ n, n })) + add(select(2, id(1, n, 3))) + add(math.modf(n + 0.5)) + count(string.byte("abcdef", 1, n))
  sum = sum + add(string.find("abcabc", "c", n % 6 + 1)) + count(("x"):rep(n):byte(1, -1)) + count(next({ n })) + count(pcall(pair, n)) + count(pcall(error, n))
  sum = sum % 1000003
end
print(sum)

-- Lists that differ in length from call to call.
local function list(n) if n == 0 then return end return n, list(n - 1) end
local function total(a, ...) if not a then return 0 end return a + total(...) end
local lengths = {}
for i = 1, 1500 do
  local n = i * 7 % 13
  local t = { list(n) }
  lengths[#t] = (lengths[#t] or 0) + total(list(n)) + count(list(n)) + count(0, list(n)) + #{ 0, list(n), list(n) }
end
for n = 0, 12 do io.write(n, "=", lengths[n], " ") end
print()

-- In methods; the object is made by a call too.
local C = {}
C.__index = C
function C.new(...) return setmetatable({ ... }, C) end
function C:all(n) if n == 0 then return unpack(self) end return self:all(n - 1) end
function C:with(...) return C.new(...):all(1) end
function C:sum(a, b, ...) if not b then return a or 0 end return self:sum(a + b, ...) end
function C:push(...) for k = 1, select("#", ...) do self[#self + 1] = (select(k, ...)) end return self end
sum = 0
for i = 1, 1000 do
  local o = C.new(i % 3, i % 5, i % 7)
  sum = sum + o:sum(o:all(i % 4)) + o:sum(o:with(o:all(2))) + count(o:all(0)) + o:push(o:all(1)):sum(o:all(3)) + #C.new(o:all(1), o:all(1))
end
print(sum)

-- What is in the middle of a list is cut to one; what fails is told with its place.
local function maybe(n) if n == 0 then return end return n end
local function strict(a, b)
  return a + b
end
for i = 1, 1200 do
  if i > 1195 or not pcall(strict, maybe(i), maybe(1)) then print(i, pcall(function() return strict(maybe(1200 - i), maybe(1)) end)) end
end
print(pcall(function() return strict(pair(3), none()) end))
print(pcall(function() return strict(1, (none())) end))
print(pcall(function() return none()() end))
print(pcall(function() return id(none()).x end))
print(pcall(function() return add(first(none())) end))
for i = 1, 1000 do add(id(i)) end
print(pcall(function() return add(id("x")) end))
print(pcall(function() return add(id({}, 1)) end))

-- An error while the arguments of another call are on the stack; what was there before stays.
local function risky(n) if n == 13 then error("unlucky", 0) end if n > 20 then return n, n end return risky(n + 7) end
local good, bad = 0, 0
for i = 1, 1500 do
  local before, after = i, { i }
  local ok, a, b = pcall(function() return count(1, 2, risky(i % 14)), risky(i % 14) end)
  if ok then good = good + a + b else bad = bad + 1 end
  if before ~= i or after[1] ~= i then print("lost") end
end
print(good, bad)

-- The stack has to grow for what is passed on.
local function big(n) return unpack({}, 1, n) end
local function through(n, ...) if n == 0 then return count(...) end return through(n - 1, ...) end
for i = 1, 300 do
  local n = i % 50 == 0 and i * 20 or i % 30
  if through(i % 4, big(n)) ~= n or count(id(big(n))) ~= n or #{ 0, big(n) } ~= 1 then print("wrong", n) end
end
print(through(3, big(7000)))

-- A function that another takes the place of, midway: it gives more results, or fewer, and what they are passed to sees all of them.
local function same(a) return a end
local function twice(a) return a, a + 1 end
local function plus(a, b) return (a or 0) + (b or 0) end
local function hand(give, i) return plus(give(i)) end
for _, give in ipairs { twice, none, id, pair } do
  sum = 0
  for i = 1, 4000 do
    local g = i > 3000 and i % 3 ~= 0 and give or same
    sum = sum + plus(g(i % 9)) + hand(g, i % 9)
  end
  print(sum)
  local lists = 0
  for i = 1, 4000 do
    local g = i > 3000 and i % 3 ~= 0 and give or same
    local t = { g(i % 9) }
    lists = lists + #t + count(g(i % 9)) + plus(plus(g(i % 9)), 1)
  end
  print(lists)
end

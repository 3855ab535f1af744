-- Functions with varargs that are called often: passing on, binding, counting, as many arguments as there are, fewer, more, none.

local function id(...) return ... end
local function g(a, b) return a + (b or 0) end
local function pass(...) return g(...) end
local function swap(a, b, ...) return b, a, ... end
local function rest(_, ...) return ... end
local function fixed(...) local a, b, c = ... return a, b, c end
local function some(a, ...) local b, c = ... return (a or 1) + (b or 10) + (c or 100) end
local function bind(f, ...) local a, b = ... return function(...) return f(a, b, ...) end end
local function count(...) return select("#", ...) end
local function sum(...) local n = 0 for i = 1, select("#", ...) do n = n + (select(i, ...) or 0) end return n end

local bound, inner = bind(some, 2), bind(id, 7, 8)
local n = 0
for i = 1, 3000 do
  n = n + pass(i, 1) + pass(i) + g(swap(i, 2)) + g(swap(1, i, 3, 4)) + g(rest(0, i, 5)) + (g(rest(0, 1)))
  n = n + g(fixed(i)) + g(fixed(i, 1, 2, 3)) + some() + some(i) + some(i, 2) + some(i, 2, 3) + some(i, 2, 3, 4)
  n = n + g(inner(i)) + count(inner(i, i)) + bound(i) + bound(i, 1) + sum(i, 2, 3) + sum() + sum(nil, i)
  n = (n + count(id(swap(i))) + count(rest()) + count(rest(1)) + count(fixed()) + #{ id(i, i, i) } + select(2, swap(i, 3))) % 1000003
end
print(n)

-- What is passed is of other kinds than it was; what is computed of it fails in the callee, with its name and line.
local function add(...)
  local a, b = ...
  return a + b
end
local function via(...) return add(...) end
local function twice(x, ...) return via(x, ...), via(...) end
n = 0
for i = 1, 3000 do
  n = n + via(i, i % 7) + twice(i, 1, 2)
  if i % 500 == 0 then
    print(pcall(via, i))
    print(pcall(via, {}, i))
    print(pcall(twice, i, "x"))
    print(via("3", i), select("#", twice(i, 1, 2)))
  end
end
print(n)

-- The frames below a function with varargs, seen from it: by a traceback, by levels, by its locals.
local function where(...)
  local names = {}
  for level = 1, 4 do
    local info = debug.getinfo(level, "nSlu")
    names[#names + 1] = tostring(info and info.name) .. ":" .. tostring(info and info.currentline) .. ":" .. tostring(info and info.nups)
  end
  local name, value = debug.getlocal(2, 1)
  return table.concat(names, " "), name, value, select("#", ...)
end
local function outer(shown, a, ...)
  local kept = a
  if shown then print(where(a, ...)) end
  return kept, ...
end
for i = 1, 2000 do
  local a, b = outer(i % 700 == 0, i, i + 1, i + 2)
  if a ~= i or b ~= i + 1 then print("wrong", a, b) end
end
local function deep(shown, ...) local x = ... if shown then print((debug.traceback("here", 1):gsub("\n[^\n]*$", ""))) end return x end
local function middle(...) local x = deep(...) return x end
for i = 1, 2000 do middle(i == 1500, i) end

-- Yields inside, errors inside, collections inside; values that only varargs hold stay.
local function yields(a, ...) coroutine.yield(a) return ... end
local co = coroutine.wrap(function()
  local m = 0
  for i = 1, 1500 do
    local a, b = yields(i, i, i * 2)
    m = m + a + b
  end
  return -m
end)
local last
for _ = 1, 1501 do last = co() end
print(last)
local function holds(...) if ... == 13 then collectgarbage() end local _, t = ... return t end
n = 0
for i = 1, 2000 do n = n + holds(i % 50, { i })[1] + #holds(i % 50, "s" .. i) end
print(n)
local function thrower(limit, ...) if (...) > limit then error("over " .. limit, 2) end return ... end
for i = 1, 2000 do
  local ok, m = pcall(thrower, 1995, i, i)
  if not ok then print(i, m) end
end

-- Another function takes the place of one that was done in place, with varargs where there were none, and the reverse.
local function plain(a, b) return a, b end
local f = plain
n = 0
for i = 1, 4000 do
  if i == 1500 then f = swap elseif i == 2500 then f = fixed elseif i == 3500 then f = function(...) return ..., 1 end end
  n = n + g(f(i, 2)) + count(f(i)) + count(f(i, 2, 3))
end
print(n)

-- Methods, and tail calls that follow one another through functions with varargs and without.
local C = {}
C.__index = C
function C:log(level, ...) if level > self.level then return self:write(...) end end
function C:write(a, ...) self.n = self.n + a return self:more(...) end
function C:more(b) self.m = self.m + (b or 1) return self.n, self.m end
local o = setmetatable({ level = 1, n = 0, m = 0 }, C)
for i = 1, 3000 do o:log(i % 3, i, i % 2 == 0 and 2 or nil) end
print(o.n, o.m, o:log(2, 1), (o:log(0, 1)))
local function a3(...) return id(...) end
local function a2(x, ...) return a3(..., x) end
local function a1(...) return a2(1, ...) end
n = 0
for i = 1, 3000 do local x, y = a1(i, 2) n = n + x + y end
print(n, a1(), a1(nil, nil))

-- The table `arg` of the functions that name no varargs, and large rows.
local function old(...) return arg end
local function older(...) local t = arg return t end
for i = 1, 1500 do if older(1, 2, i).n ~= 3 then print("arg") end end
print(type(old(1)), old(1).n, old(1)[1], old(nil).n)
local many = {}
for i = 1, 220 do many[i] = i end
n = 0
for i = 1, 1500 do n = n + count(id(unpack(many, 1, i % 220))) + #{ id(unpack(many, 1, i % 100)) } end
print(n)

-- Loops inside functions with varargs: rows of all of them, and `select` of them, by number and by sign, within the count and beyond.
local function total(...)
  local n, c = 0, 0
  for i = 1, select("#", ...) do n = n + (select(i, ...)) c = c + select("#", ...) end
  return n, c
end
local function second(a, b, ...)
  local n = 0
  for i = 1, 40 do n = n + (select(i % 3 + 1, ...) or 0) + (select(-1, ...) or 0) + select("#", ...) + count(...) + count(a, ...) + g(...) end
  return n + (a or 0)
end
local function pick(n, ...)
  local found
  for i = 1, 60 do if i == n then found = select(n, ...) end end
  return found
end
local function pass_on(fs, ...)
  local n = 0
  for i = 1, #fs do n = n + (fs[i](...) or 0) end
  return n
end
local fs = { g, add, function(...) return select("#", ...) end, function(a) return a end, some }
n = 0
for i = 1, 300 do
  local a, b = total(i, 2, 3, i)
  n = n + a + b + total() + total(i) + second(1, 2, i, 4, 5) + second(i, 2, 3, 4, 5, 6, 7) + pass_on(fs, i, 2) + pass_on(fs, 1, i, 3, 4)
end
print(n, pick(2, "a", "b"), pick(50, "a"), pick(30, unpack(many, 1, 60)))
print(pcall(second, 1, 2))
print(pcall(second, 1, 2, "x", 3, 4))
print(pcall(second))
for i = 1, 40 do n = n + total(unpack(many, 1, i)) + pass_on(fs, unpack(many, 1, 17 + i)) end
print(n)
local function zero(...) for i = 1, 100 do local v = select(i == 90 and 0 or 1, ...) n = n + v end end
for i = 1, 20 do pcall(zero, 1) end
print(n, pcall(zero, 1))
local function other(...) local select = select for i = 1, 200 do if i == 150 then select = function(i, ...) return ..., i end end n = n + (select(1, ...)) end return n end
print(other(3, 4), other(5))

-- Larger functions with varargs, which have machine code of their own: called by what has some, and by what has none; tail calls
-- from them and to them; recursion; more results than arguments; locals of who calls stay as they are.
local function work(a, ...) for i = 1, 3 do a = a + i end local b, c = ... return a, b, c end
local function fewer(...) for i = 1, 2 do n = n + 0 end return 1, 2, 3, 4, ... end
local function down(k, ...) local extra = select("#", ...) if k == 0 then return work(extra, ...) end return (down(k - 1, k, ...)) + 1 end
local function turns(a) local s = 0 for i = 1, 2 do s = s + a end return s end
local function tailed(k, ...) for i = 1, 2 do k = k + 1 end if k % 2 == 0 then return turns(k) end return work(k, ...) end
local function tails(k) if k > 0 then return tails(k - 1) end return tailed(k, 1, 2) end
local function keeps(i)
  local a, b, c, d = i, { i }, "c", i + 1
  local x, y, z = work(i, i, 2)
  local p = tailed(i, 1)
  local q, r, s, t, u = fewer(i)
  local v = fewer()
  local w = down(i % 5, i)
  local e, f = tails(i % 3), tailed(i)
  if a ~= i or b[1] ~= i or c ~= "c" or d ~= i + 1 then print("lost", i) end
  return x + y + z + p + q + r + s + t + u + v + w + e + f
end
n = 0
for i = 1, 3000 do n = n + keeps(i) if i % 10 == 0 then n = n + select("#", fewer()) + (fewer(i)) + tailed(i, i) end end
print(n, keeps(7))
print(pcall(work))
print(pcall(work, {}))
print(pcall(keeps, {}))
print(pcall(tails, {}))
print(pcall(down, 3, "x"))
co = coroutine.wrap(function()
  local function waits(a, ...) for i = 1, 2 do a = a + coroutine.yield(a, ...) end return a, ... end
  local s = 0
  for i = 1, 1000 do local x, y = waits(i, i + 1) s = s + x + y end
  return s, "end"
end)
local got, second_got = co()
while second_got ~= "end" do got, second_got = co(1) end
print(got)

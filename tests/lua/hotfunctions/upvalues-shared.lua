-- Locals of callers that the called change, at all depths, open and closed.

-- Each frame has a variable of its own, which the next one changes.
local function chain(n, set)
  local mine = n * 10
  if set then set(n) end
  if n > 0 then chain(n - 1, function(v) mine = mine + v end) end
  return mine
end
local sum = 0
for i = 1, 1500 do sum = sum + chain(i % 9) end
print(sum, chain(20), chain(0))

-- ... and the one far below changes all of them.
local function all(n, setters)
  local mine, other = n, 0
  setters[#setters + 1] = function(v) mine, other = mine * 2, other + v end
  if n == 0 then for k = 1, #setters do setters[k](k) end return mine + other end
  local r = all(n - 1, setters)
  return r + mine + other
end
sum = 0
for i = 1, 500 do sum = (sum + all(i % 8, {})) % 1000003 end
print(sum, all(10, {}))

-- One that all share, read and written between calls.
local total, deepest = 0, 0
local function visit(n, d)
  total = total + n
  if d > deepest then deepest = d end
  local before = total
  if n > 1 then
    visit(n - 1, d + 1)
    if total == before then print("not seen") end
    total = total + 1
    if n % 3 == 0 then visit(n - 2, d + 1) end
  end
  return total
end
for i = 1, 300 do visit(i % 10, 1) end
print(total, deepest)

-- Parameters that are shared.
local function params(a, b)
  local function bump() a = a + 1 b = b .. "x" end
  if a % 5 == 0 then bump() return a, b end
  bump()
  local c, d = params(a, b)
  bump()
  return a + c, #b + #tostring(d), b
end
sum = 0
for i = 1, 1000 do local a, b = params(i, "") sum = sum + a + #tostring(b) end
print(sum, params(1, "y"))

-- Closures outlive the frames: each has what its own had.
local function makers(n, list)
  local v = n
  list[n] = { get = function() return v end, set = function(w) v = w end }
  v = v + 1
  if n > 1 then makers(n - 1, list) end
  v = v + 1
  return list
end
for i = 1, 200 do
  local list = makers(i % 12 + 1, {})
  for k = 1, #list do
    if list[k].get() ~= k + 2 then print("wrong", k, list[k].get()) end
    list[k].set(-k)
  end
  for k = 1, #list do if list[k].get() ~= -k then print("wrong after", k) end end
end
print(#makers(50, {}))

-- What is shared becomes another kind of value, in a frame far above.
local function kinds(n, set)
  local v = n
  local function mine(w) v = w end
  if n == 0 then return set and 0 or -1 end
  kinds(n - 1, mine)
  if set and n % 2 == 0 then set(n % 4 == 0 and "text" or n % 3 == 0 and nil or { n }) end
  return type(v)
end
local seen = {}
for i = 1, 1500 do local k = kinds(i % 9) seen[k] = (seen[k] or 0) + 1 end
print(seen.number, seen.string, seen.table, seen["nil"])
local function fails(n, set)
  local v = n
  if n == 0 then set({}) return 0 end
  local r = fails(n - 1, n > 1200 and set or function(w) v = w end)
  return v + r
end
for i = 1, 3 do print(pcall(fails, i)) end

-- Loops, blocks and recursion: a variable for each turn.
local function loops(n)
  local fs = {}
  for i = 1, 3 do
    local own = i * n
    fs[i] = function() own = own + 1 return own end
    if n > 0 then own = own + loops(n - 1) end
  end
  return (fs[1]() + fs[2]() + fs[3]() + fs[1]()) % 1009
end
for i = 1, 20 do io.write(loops(i % 5), " ") end
print()

-- Errors close them at the right place.
local kept
local function breaks(n)
  local v = n
  local function inc() v = v + 1 return v end
  if n == 0 then kept = inc error("out") end
  if n == 4 then pcall(breaks, 3) v = v + kept() return v end
  breaks(n - 1)
end
for i = 1, 500 do pcall(breaks, i % 8) end
print(kept(), kept(), breaks(4), pcall(breaks, 2))

-- debug.setupvalue, and a closure that is given another's variables... by loading its text again.
local u = 1
local function reads(n) if n == 0 then return u end return reads(n - 1) + u end
sum = 0
for i = 1, 1500 do
  if i % 400 == 0 then debug.setupvalue(reads, 1, i) end
  if i % 500 == 0 then u = u / 2 end
  sum = sum + reads(i % 5)
end
print(sum, u)
local copy = loadstring(string.dump(reads))
print(pcall(copy, 0), pcall(copy, 1))
debug.setupvalue(copy, 1, 5) debug.setupvalue(copy, 2, copy)
for i = 1, 4 do local name = debug.getupvalue(copy, i) if name then io.write(name, " ") end end
print(pcall(copy, 0))

-- Coroutines and what made them share a frame's variable.
local function shared(n)
  local v = 0
  local co = coroutine.wrap(function() while true do v = v + n coroutine.yield(v) v = v * 2 % 1000 end end)
  local r = n > 0 and shared(n - 1) or 0
  for i = 1, 3 do co() v = v + 1 end
  return (r + v) % 10007
end
for i = 1, 60 do sum = sum + shared(i % 7) end
print(sum)

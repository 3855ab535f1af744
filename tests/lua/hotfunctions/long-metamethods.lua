-- Metamethods that are too long to be done in place: they have loops, and machine code of their own, which handlers enter.
local V = {}
V.__index = function(t, k) local s = 0 for i = 1, 6 do s = s + i * #k end return s end
local function vector(...) return setmetatable({ ... }, V) end
local fail_at, calls = 0, 0
local function called()
  calls = calls + 1
  if calls == fail_at then error("call " .. calls, 2) end
end
V.__add = function(a, b)
  local r = {}
  for i = 1, #a do r[i] = a[i] + b[i] end
  called()
  return setmetatable(r, V)
end
V.__unm = function(a) local r = {} for i = 1, #a do r[i] = -a[i] end return setmetatable(r, V) end
V.__mod = function(a, n) local s = 0 for i = 1, #a do s = s + a[i] % n end return s, "more", "than one" end
V.__pow = function(a, n) for i = 1, #a do if a[i] == n then return i end end end
V.__eq = function(a, b)
  for i = 1, #a do if a[i] ~= b[i] then return false end end
  called()
  return 1
end
V.__lt = function(a, b)
  for i = 1, #a do
    if a[i] < b[i] then return "less" elseif a[i] > b[i] then return nil end
  end
  return false
end
V.__le = function(a, b) return not (b < a) end
V.__concat = function(a, b)
  local out = ""
  for i = 1, 3 do out = out .. (type(a) == "table" and rawget(a, i) or tostring(a)) end
  return out .. ":" .. tostring(b)
end
V.__call = function(self, ...)
  local s = select("#", ...)
  for i = 1, #self do s = s + self[i] * i end
  return s, ...
end
V.__newindex = function(t, k, v)
  local s = 0
  for i = 1, 4 do s = s + i end
  called()
  rawset(t, #t % 2 == 0 and k or "other" .. k, v + s)
end
V.__tostring = function(a) local s = "<" for i = 1, #a do s = s .. a[i] .. (i < #a and "," or ">") end return s end

local a, b = vector(1, 2, 3), vector(1, 2, 4)
local function work(n)
  local sum, last = 0, a
  for i = 1, n do
    last = a + b
    if last == a then sum = sum + 1 end
    if a == vector(1, 2, 3) then sum = sum + 2 end
    if a < b then sum = sum + 3 end
    if b <= a then sum = sum + 5 else sum = sum + 7 end
    sum = sum + a % 2 + (b ^ 4 or 0) + (a ^ 9 or 100) + a.abc + a.length
    local x, y = a(i, i + 1)
    sum = sum + x + y + #(a .. i) + #(i .. a .. b)
    local o = setmetatable({}, V)
    o.key = i
    o.k2 = i
    sum = sum + o.key + (rawget(o, "k2") or 0)
    last = -last
  end
  return sum, tostring(last)
end
for round = 1, 5 do print(work(400 * round)) end

-- An error at any call, and what it says where it was.
for _, at in ipairs { 1, 2, 3, 4, 1000, 1501, 1702, 1903 } do
  calls, fail_at = 0, at
  local function handler(m) return m .. "\n" .. debug.traceback("", 2) end
  local ok, message = xpcall(function() return work(500) end, handler)
  print(at, ok, message)
end
fail_at = 0

-- Kinds that change midway: strings among the numbers, other lengths, other metamethods.
local words = vector("1", "2", "3")
local function mixed(n)
  local sum = 0
  for i = 1, n do
    local v = i % 50 == 0 and words or a
    local w = v + b
    sum = sum + w[3] + (v < b and 1 or 0)
    if i == n / 2 then V.__lt = function(x, y) local k = 0 for j = 1, #x do k = k + x[j] end return k < 0 end end
  end
  return sum
end
print(pcall(mixed, 40))
print(pcall(mixed, 3000))
local add = V.__add
local function exchanged(n)
  local sum = 0
  for i = 1, n do
    if i == n / 2 then V.__add = function(x, y) local s = 0 for j = 1, #x do s = s + x[j] * y[j] end return s end end
    if i == n - 3 then V.__add = nil end
    local ok, r = pcall(function() return a + b end)
    sum = sum + (not ok and 1e6 or type(r) == "number" and r or r[1])
  end
  V.__add = add
  return sum
end
print(exchanged(2000))

-- Hooks that come and go within, and what they see.
local seen, turns = {}, 0
V.__add = function(x, y)
  local s = 0
  for i = 1, #x do s = s + x[i] end
  turns = turns + 1
  if turns == 3000 then
    debug.sethook(function(event, line)
      local info = debug.getinfo(2, "Sl")
      seen[#seen + 1] = event .. (line and line - info.linedefined or "")
    end, "crl")
  elseif turns == 3002 then
    debug.sethook()
  end
  return s
end
local total = 0
for i = 1, 4000 do total = total + (a + b) end
print(total, #seen, table.concat(seen, " "))

-- Variables of a metamethod that closures share, and that outlive it.
local kept = {}
V.__add = function(x, y)
  local s = 0
  for i = 1, 3 do s = s + x[i] end
  kept[turns % 7] = function() s = s + 1 return s end
  turns = turns + 1
  return kept[turns % 7] and kept[turns % 7]() or s
end
total = 0
for i = 1, 5000 do total = total + (a + b) end
print(total)

-- In coroutines that end between two.
local co
local function yielding() for i = 1, 3 do coroutine.yield(a % i + (a < b and 1 or 2)) end return a ^ 2 end
total = 0
for i = 1, 3000 do
  if not co or coroutine.status(co) == "dead" then co = coroutine.create(yielding) end
  local _, v = coroutine.resume(co)
  total = total + v
end
print(total)

-- Recursion through metamethods, to its end.
local R = {}
R.__index = function(t, k) local s = 0 for i = 1, 2 do s = s + i end if k == 0 then return s end return s + t[k - 1] end
local r = setmetatable({}, R)
total = 0
for i = 1, 400 do total = total + r[i % 60] end
print(total)
R.__index = function(t, k) for i = 1, 2 do k = k + i end return t[k] end
print((select(2, pcall(function() return r[1] end)):match("stack overflow")))

-- `#` and what lies beyond the border, as hot loops store and take away.

local function digest(t, upto)
  local hash = 0
  for i = -1, upto do
    local v = t[i]
    hash = (hash * 31 + (v == nil and 1 or v == false and 2 or v == true and 3 or type(v) == "number" and v or 5)) % 1000003
  end
  return hash
end

local function fill(t, from, to, step, value) for i = from, to, step do t[i] = value or i end return #t end

local t = {}
print(fill(t, 1, 1000, 1), digest(t, 1010))
t = {}
print(fill(t, 1000, 1, -1), digest(t, 1010))
t = {}
print(fill(t, 2, 1000, 2), fill(t, 1, 1000, 2), digest(t, 1010))
t = {}
print(fill(t, 0, 700, 0.5), digest(t, 1010))
t = {}
print(fill(t, -300, 300, 1), digest(t, 310))
t = {}
print(fill(t, 1, 500, 1, false), digest(t, 510))

-- The list grows at its end.
local function push(t, n) for i = 1, n do t[#t + 1] = i * 3 end return #t end
t = {}
for round = 1, 10 do print(push(t, 77), digest(t, 800)) end

-- A stack: grows and shrinks by turns.
local function stack(t, n)
  local at, seen = #t, 0
  for i = 1, n do
    if i * 7 % 11 < 6 then
      at = at + 1
      t[at] = i
    elseif at > 0 then
      seen = (seen + t[at]) % 10007
      t[at] = nil
      at = at - 1
    end
    if #t ~= at then return "border", i, #t, at end
  end
  return seen, #t
end
print(stack({}, 3000))
print(stack({ 1, 2, 3 }, 3000))
print(stack({ 1, nil, 3, x = 1 }, 500))

-- Shrinking to nothing, then filling again, within one loop.
local function refill(t, rounds, n)
  local seen = 0
  for r = 1, rounds do
    for i = 1, n do t[i] = i + r end
    seen = seen * 3 % 10007 + #t
    for i = n, 1, -1 do t[i] = nil end
    seen = seen * 3 % 10007 + #t
  end
  return seen, next(t)
end
print(refill({}, 60, 33))
print(refill({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 60, 33))
print(refill({ x = 1, y = 2 }, 20, 5))

-- Holes: any border is right, but it has to be one.
local function is_border(t) local n = #t return (n == 0 or t[n] ~= nil) and t[n + 1] == nil end
local function holes(t, n)
  local wrong = 0
  for i = 1, n do
    t[i * 37 % 101 + 1] = i % 3 ~= 0 and i or nil
    if not is_border(t) then wrong = wrong + 1 end
  end
  return wrong
end
print(holes({}, 3000))
t = {}
for i = 1, 101 do t[i] = i end
print(holes(t, 3000))

-- nil where there were values, by an expression that is nil at times.
local function maybe(t, n)
  local source = { 5, 6, nil, 8 }
  for i = 1, n do t[i] = source[i % 4 + 1] end
  return digest(t, n + 2)
end
print(maybe({}, 1000))
t = {}
fill(t, 1, 1000, 1)
print(maybe(t, 1000))

-- Keys that are no places of an array.
local function odd(t, n)
  local seen = 0
  for i = 1, n do
    local key = i
    if i % 5 == 0 then key = i + 0.5 elseif i % 7 == 0 then key = -i elseif i % 11 == 0 then key = 2^31 + i
    elseif i % 13 == 0 then key = 2^53 + i elseif i % 17 == 0 then key = "" .. i elseif i % 19 == 0 then key = i % 2 == 0 end
    t[key] = i
    seen = (seen * 3 + (t[key] or 0) + (t[i] or 0)) % 1000003
  end
  return seen
end
print(odd({}, 2000))
print(pcall(function() local t = {} for i = 1, 1000 do t[i < 900 and i or nil] = i end end))
print(pcall(function() local t = {} for i = 1, 1000 do t[i < 900 and i or 0 / 0] = i end end))
print(pcall(function() local t = {} local n = 0 for i = 1, 1000 do n = n + (t[i < 900 and 1 or nil] and 1 or 0) end return n end))

-- Other ways to change the same table while the loop runs.
t = {}
local seen = 0
for i = 1, 1500 do
  t[#t + 1] = i
  if i % 100 == 0 then table.insert(t, 1, 0) end
  if i % 70 == 0 then seen = seen + table.remove(t, 1) end
  if i % 300 == 0 then table.sort(t, function(a, b) return a > b end) end
  if i % 400 == 0 then for k in pairs(t) do t[k] = nil end end
  seen = (seen * 5 + #t) % 1000003
end
print(seen, #t, digest(t, 1600))

-- Tables in tables, rows of different lengths.
local rows = {}
for i = 1, 40 do rows[i] = {} for j = 1, i do rows[i][j] = i * j end end
local sum = 0
for round = 1, 10 do
  for i = 1, #rows do
    local row = rows[i]
    for j = 1, #row do sum = (sum + row[j] * j) % 1000003; row[j] = sum % 100 end
    if i % 10 == round then row[#row + 1] = 1; row[1] = nil end
    row[1] = 7
  end
end
print(sum)

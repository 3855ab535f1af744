-- Hot loops that compute NaNs: the sign of each, comparisons, keys, loops, arguments of builtins. What is made in the loop is known
-- to be a number there; what comes from a table or an upvalue is looked at first.

local minus, plus = 0 / 0, -(0 / 0)
local floor, ceil, abs, sqrt, max, min = math.floor, math.ceil, math.abs, math.sqrt, math.max, math.min
local byte, sub = string.byte, string.sub

-- Which of two NaNs is the result; all at once, in registers and from a table.
local values = { minus, plus, 1, -2, 0, math.huge }
for round = 1, 200 do
  for i = 1, #values do
    for j = 1, #values do
      local x, y = values[i], values[j]
      local s, d, p, q, m = x + y, x - y, x * y, x / y, x % y
      local n, k, l = -s, s + 1, 2 * d
      local a, b, c, e = s + d, d * p, q - m, n / s
      if round == 200 then print(i, j, s, d, p, q, m, n, k, l, a, b, c, e) end
    end
  end
end

-- The result where an operand was, in either place.
for round = 1, 2 do
  local x, y, z = 1, 2, 0
  for i = 1, 3000 do
    local none = z / z
    if i > 2950 then x = none + x; y = y - none; none = none * none else x = x + 1; y = y + 1 end
    z = (x + y) * 0
    if i % 500 == 0 then print(i, x, y, none, z) end
    if round == 2 and i == 2990 then x, y, z = 1, 2, 0 end
  end
end

-- Comparisons of what was just computed.
do
  local counts = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
  local zero = 0
  for i = 1, 4000 do
    local x = (i % 2) / (i % 2) -- a NaN every other time
    local y = x + 0
    if x == x then counts[1] = counts[1] + 1 end
    if x ~= x then counts[2] = counts[2] + 1 end
    if x == y then counts[3] = counts[3] + 1 end
    if x ~= y then counts[4] = counts[4] + 1 end
    if x < y then counts[5] = counts[5] + 1 end
    if x <= y then counts[6] = counts[6] + 1 end
    if not (x < y) then counts[7] = counts[7] + 1 end
    if not (x >= y) then counts[8] = counts[8] + 1 end
    if x == 1 then counts[9] = counts[9] + 1 end
    if x ~= 1 then counts[10] = counts[10] + 1 end
    if x == zero then print("never") end
    local t = x == y and "equal" or "unequal"
    local less = x < 2
    if i > 3996 then print(i, x, t, less, x > 0.5, x <= 1, 1 <= x, not x) end
  end
  print(table.concat(counts, " "))
end

-- As a key: nothing is found, and nothing can be stored.
do
  local list, sparse = { 1, 2, 3, 4 }, { [0.5] = "half", [-1] = "minus" }
  local found, failed, message = 0, 0, nil
  local function store(t, x, v) local key = x * 1; t[key] = v end
  for i = 1, 3000 do
    local x = (i % 3) / (i % 3) -- 1 or a NaN
    if list[x] then found = found + 1 end
    if sparse[x] ~= nil then found = found + 1000 end
    local key = x - 1.5
    if sparse[key] then found = found + 10 elseif list[key] then found = found + 1e6 end
    local ok, text = pcall(store, i % 2 == 0 and list or sparse, x, i % 5 > 0 and i or nil)
    if not ok then failed = failed + 1; message = text end
  end
  print(found, failed, message)
  for turn = 1, 2 do
    local at
    print(pcall(function()
      for i = 1, 3000 do
        at = i
        local key = (3000 - i) / (3000 - i) * i
        if turn == 1 then list[key] = i else sparse[key] = nil end
      end
    end))
    print(at, #list)
  end
  local count = 0
  for k in pairs(sparse) do count = count + 1 end
  print(count, rawget(list, 2999), rawget(list, 3000))
end

-- Numeric loops.
do
  local turns = 0
  for i = 1, 2000 do
    local n = (i % 2) / (i % 2) * 2
    for j = 1, n do turns = turns + 1 end
    for j = n, 2 do turns = turns + 100 end
    for j = 2, n, -1 do turns = turns + 10000 end
    for j = 1, 2, n do turns = turns + 1000000 end
    for j = 1, 2, -n do turns = turns + 1e8 end
  end
  print(turns)
end

-- Builtins.
do
  local text, row = "abc", {}
  for i = 1, 3000 do
    local x = (i % 2) / (i % 2) -- 1 or a NaN
    local negative = -x
    local b, s, u = byte(text, x), sub(text, x, x), sub(text, 1, x)
    local f, c, a, r = floor(x), ceil(negative), abs(negative), sqrt(x)
    local g, h, k, l = max(x, 0), max(0, x), min(x, 2), min(2, x)
    local m, p, q, w = math.fmod(x, 2), x ^ 2, 2 ^ x, math.sin(x)
    if i > 2997 then
      print(i, x, negative, b, s, u, f, c, a, r, g, h, k, l, m, p, q, w, type(x), tonumber(x), text:byte(x))
    end
    row[i] = x
  end
  local nans = 0
  for i = 1, 3000 do if row[i] ~= row[i] then nans = nans + 1 end end
  print(nans)
end

-- Fields and upvalues, which are loaded as what they are.
do
  local point, total = { x = 1, y = 0 }, 0
  local function add(n) total = total + n; return total end
  for i = 1, 3000 do
    point.x = point.x + point.y / 1
    point.y = i == 2900 and 0 / 0 or 0
    local sum = add(point.x)
    if i == 2960 then point.x, total = 5, 0 end
    if i % 120 == 0 then print(i, point.x, point.y, sum, total) end
  end
end

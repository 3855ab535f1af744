-- Numeric loops whose variables are indices: that count by 1 or not, from whole numbers or not, by variables that the body changes,
-- that end at 2^31, with loops in loops; what a debugger changes of a loop is obeyed.

local function numbers(n)
  local t = {}
  for i = 1, n do t[i] = i * 3 % 17 end
  return t
end
local function sum(t)
  local s, n = 0, 0
  for k, v in pairs(t) do s = (s * 7 + (tonumber(k) or 0) * 3 + (tonumber(v) or 1)) % 65521; n = n + 1 end
  return s, n, #t
end

-- Neighbours, by sums and differences, copied, negative, and far away.
for round = 1, 12 do
  local t, out = numbers(300), {}
  for i = 1, 300 do out[i] = (t[i - 1] or -1) + (t[i + 1] or -2) + (t[i] or -3) end
  if round == 12 then print(sum(out)) end
  for i = 2, 299 do
    local j, k = i, i - 1
    local l = k - 1
    out[j] = t[k] * 2 + (t[l] or 0) + (t[j + 100] or 0) + (t[i - 128] or 1) + (t[i + 127] or 2) + (t[i + 1000] or 3)
    t[k], t[i] = t[i], t[k]
  end
  if round == 12 then print(sum(out)) print(sum(t)) end
  local u = {}
  for i = -150, 150 do u[i] = (u[i - 1] or 0) + 1; u[i + 0.5] = i end
  if round == 12 then print(sum(u)) end
  for i = 0, 200 do u[i] = nil; u[i + 1] = u[i + 2] end
  if round == 12 then print(sum(u)) end
end

-- The body's own use of the variable.
for round = 1, 15 do
  local t, log = numbers(400), {}
  for i = 1, 200 do
    log[#log + 1] = t[i]
    i = i + 1
    log[#log + 1] = t[i]
    i = i * 2
    log[#log + 1] = t[i] or 0
    i = i + 0.5
    log[#log + 1] = t[i] or -1
    i = i - 0.5
    i = i / 2
    t[i] = i
    if i % 3 == 0 then i = "x" .. i; t[i] = 1 end
  end
  if round == 15 then print(sum(log)) print(sum(t)) end
  for i = 1, 300 do
    local last = i
    repeat
      t[i] = last
      i = i + 1
    until i % 5 == 0
    t[i] = -last
  end
  if round == 15 then print(sum(t)) end
end

-- Other steps and starts, after loops that count by 1 have been hot, and the other way round.
local function walk(t, from, to, step)
  local s = 0
  for i = from, to, step do s = s + (t[i] or 100) + (t[i + 1] or 1000) end
  return s
end
local function count(t, from, to)
  local s = 0
  for i = from, to do s = s + (t[i] or 100) + (t[i - 1] or 1000) end
  return s
end
do
  local t = numbers(100)
  t[0.5], t[1.5], t[-1] = 7, 8, 9
  for round = 1, 40 do
    local a = walk(t, 1, 100, 1)
    local b = count(t, 1, 100)
    if round % 10 == 0 then
      print(a, b, walk(t, 0.5, 100, 1), walk(t, 1, 100, 2), walk(t, 100, 1, -1), walk(t, 1, 100, 0.5), walk(t, -5, 5, 1))
      print(count(t, 0.5, 50), count(t, -3, 3.5), count(t, 5, 4), count(t, "1", "20"), count(t, 1, 20.9))
    end
  end
end

-- Where 32 bits come to an end.
do
  local t, found = { [2 ^ 31] = "end", [2 ^ 31 - 1] = "last", [2 ^ 31 + 1] = "beyond", [-2 ^ 31] = "first" }, {}
  for i = 2 ^ 31 - 3000, 2 ^ 31 + 200 do
    if t[i] then found[#found + 1] = t[i] end
    if t[i + 1] then found[#found + 1] = t[i + 1] end
    if t[i - 2 ^ 32] then found[#found + 1] = t[i - 2 ^ 32] end
  end
  for i = -2 ^ 31 - 3000, -2 ^ 31 + 200 do
    if t[i] then found[#found + 1] = t[i] end
    if t[i - 1] then found[#found + 1] = t[i - 1] end
    if t[i + 2 ^ 32] then found[#found + 1] = t[i + 2 ^ 32] end
  end
  for i = 2 ^ 53 - 100, 2 ^ 53 - 1 do t[i] = i end
  print(table.concat(found, " "), (sum(t)))
end

-- Loops in loops, more than there are registers for.
do
  local m = {}
  for i = 1, 30 do
    local row = {}
    for j = 1, 30 do row[j] = i * j % 7 end
    m[i] = row
  end
  local out = {}
  for i = 2, 29 do
    local o = {}
    for j = 2, 29 do
      local s = 0
      for di = -1, 1 do
        for dj = -1, 1 do s = s + m[i + di][j + dj] + m[i][j] end
      end
      for k = 1, 30 do s = s + m[k][j] * m[i][k] end
      for k = 0, 2 do for l = 0, 2 do for n = 0, 1 do s = s + (m[k + 1][l + 1] + (o[n] or 0)) end end end
      o[j] = s + m[i - 1][j + 1]
    end
    out[i] = o
  end
  local s = 0
  for i = 2, 29 do for j = 2, 29 do s = (s * 3 + out[i][j]) % 65521 end end
  print(s)
end

-- Functions done in place get the variable as an argument.
do
  local t = numbers(3000)
  local function at(t, i) return t[i] end
  local function next_to(t, i) return t[i + 1] or 0 end
  local function put(t, i, v) t[i] = v end
  local s = 0
  for i = 1, 3000 do
    s = s + at(t, i) * 2 + next_to(t, i - 1) + next_to(t, i)
    put(t, i, s % 11)
    put(t, i + 3000, i)
  end
  print(s) print(sum(t))
end

-- Loops that are left and entered again, by break, by return and by errors.
do
  local t = numbers(50)
  local function find(v, from)
    for i = from, #t do
      if t[i] == v then return i, t[i - 1] end
    end
  end
  local s = 0
  for round = 1, 200 do
    local i, before = find(round % 19, round % 20 + 1)
    s = (s * 5 + (i or 0) + (before or 0)) % 65521
    for j = 1, 60 do
      if not t[j] then break end
      s = s + t[j]
    end
    local ok = pcall(function() for j = 1, 60 do s = s + t[j] end end)
    assert(not ok)
  end
  print(s)
end

-- A metamethod that changes the loop around it: where it counts, how far, and what its body sees.
do
  local changes = {}
  local function variable(wanted, nth)
    local found = 0
    for at = 1, 60 do
      local name = debug.getlocal(3, at)
      if not name then return end
      if name == wanted then
        found = found + 1
        if found == nth then return at end
      end
    end
  end
  local odd = setmetatable({}, { __index = function(_, key)
    local change = changes[key]
    if change then
      local at = variable(change[1], change[2])
      debug.setlocal(2, at, change[3])
    end
    return 1
  end })
  local t = numbers(6000)
  local function run(n)
    local log, turns = 0, 0
    for i = 1, n do
      local a = t[i] or 5
      local b = odd[i]
      local c, d = t[i] or 0, t[i + 1] or 0
      log = (log * 3 + a + b + c + d) % 65521
      turns = turns + 1
      if turns > 6000 then break end
    end
    return log, turns
  end
  print(run(3000))
  local names = { { "(for index)", 1, 3000 }, { "(for index)", 1, 10.5 }, { "(for limit)", 1, 2600 }, { "(for step)", 1, 2 },
    { "(for step)", 1, 0.5 }, { "(for step)", 1, 1 + 2 ^ -30 }, { "i", 1, 77 }, { "i", 1, 0.25 }, { "(for index)", 1, 0 / 0 }, { "(for step)", 1, 0 / 0 } }
  for n, change in ipairs(names) do
    changes = { [2500] = change, [2502] = n % 3 == 0 and { "(for step)", 1, 1 } or nil }
    print(n, pcall(run, 3000))
  end
end

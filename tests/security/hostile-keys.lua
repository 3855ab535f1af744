-- A million keys that all belong in one place by the visible hash: strings that differ only in the
-- bytes it passes over, and numbers whose halves have one sum. They must cost at most three times what
-- harmless keys cost. The best of three runs counts, for the machine has other work.

local N = tonumber(arg and arg[1]) or 1000000

local function fill(key)
  collectgarbage()
  local begin = os.clock()
  local t = {}
  for i = 1, N do t[key[i]] = i end
  for i = 1, N do assert(t[key[i]] == i) end
  local time = os.clock() - begin
  local n = 0
  for k, v in pairs(t) do n = n + 1; assert(key[v] == k) end
  assert(n == N)
  for i = 1, N, 2 do t[key[i]] = nil end
  n = 0
  for k in pairs(t) do n = n + 1; t[k] = nil end
  assert(n == math.floor(N / 2) and next(t) == nil)
  return time
end

local function compare(what, hostile, benign)
  local best = math.huge
  for _ = 1, 3 do
    local h, b = fill(hostile), fill(benign)
    best = math.min(best, h / b)
    if best < 3 then break end
  end
  assert(best < 3, what .. ": " .. best .. " times as long")
  print(what, "within 3 times")
end

do
  local hostile, benign = {}, {}
  -- 64 bytes: positions 64, 61, … 1 are looked at; so digits go to 2, 5, … 23.
  for i = 1, N do
    local d = ("%08d"):format(i)
    hostile[i] = "a" .. d:gsub(".", "%0bc") .. ("y"):rep(39)
    benign[i] = ("z"):rep(56) .. d
  end
  compare("strings", hostile, benign)
end

do
  local hostile, benign = {}, {}
  for i = 1, N do
    hostile[i] = 2 ^ 52 + i % 2 ^ 20 * 2 ^ 32 + (2 ^ 31 - i)
    benign[i] = 2 ^ 52 + i * 2654435761 % 2 ^ 51
  end
  compare("numbers", hostile, benign)
end

do -- The key at the chain's beginning leaves now and then, and the next that belongs there takes its place. The table has
  -- room for all: keys that are placed anew are seen to collide.
  local function fill_and_leave(hostile)
    local t, first = {}, nil
    for i = 1, 2 ^ 16 + 1 do t["room" .. i] = i end
    local begin = os.clock()
    for i = 1, 40000 do
      local digits = ("%08d"):format(i)
      local spread = "a" .. digits:gsub(".", "%0bc") .. ("y"):rep(39)
      local key = hostile and spread or ("z"):rep(56) .. digits
      t[key] = i
      if i % 50 == 1 then first = key elseif i % 50 == 0 then t[first] = nil end
    end
    return os.clock() - begin
  end
  local best = math.huge
  for _ = 1, 3 do
    best = math.min(best, fill_and_leave(true) / fill_and_leave(false))
  end
  assert(best < 3, "a chain whose beginning leaves: " .. best .. " times as long")
  print("leaving", "within 3 times")
end

do -- Chains of two keys each, made to meet: a key leaves the node that it had far from its place, and one that belongs
   -- there comes. What is not in the table is sought in the first of them.
  local SIZE = 2 ^ 16
  local function key(place, variant)
    return 2 ^ 52 + variant * 2 ^ 32 + ((place - 0x43300000) % (SIZE - 1) + SIZE - 1 - variant)
  end
  local function seek(hostile)
    local t = {}
    for place = 0, SIZE / 2 do t[key(place, 0)] = true end
    local home = 7
    t[key(home, 2)] = true -- in the last node, where no number belongs
    for node = SIZE - 2, SIZE / 2 + 100, -1 do
      t[key(home, 1)] = true
      if hostile then
        t[key(home, 1)] = nil
        t[key(node, 0)] = true
        home = node
      end
    end
    local begin = os.clock()
    for i = 1, 20000 do assert(t[key(7, 3 + i % 100)] == nil) end
    return os.clock() - begin
  end
  local best = math.huge
  for _ = 1, 3 do
    best = math.min(best, seek(true) / seek(false))
  end
  assert(best < 3, "chains that meet: " .. best .. " times as long")
  print("meeting", "within 3 times")
end

do -- Keys that are few in one size of table and collide in the next.
  local t, key = {}, {}
  for i = 1, N / 8 do
    key[i] = 2 ^ 52 + (i * 1023 % 2 ^ 20) * 2 ^ 32 + i
    t[key[i]] = i
  end
  for i = 1, N / 8 do assert(t[key[i]] == i) end
  print("multiples", "all there")
end

do -- A table of colliding keys finds all its keys, whichever way it is asked, and no others.
  local function hostile(i) return 2 ^ 52 + i % 2 ^ 20 * 2 ^ 32 + (2 ^ 31 - i) end
  local t, count = {}, math.min(N, 100000)
  for i = 1, count do t[hostile(i)] = i end
  for i = 1, 50 do
    t[-i] = i
    t[i * 1000 + 0.5] = i
    t["s" .. i] = i
  end
  t[true] = "true"
  for i = 1, count do assert(rawget(t, hostile(i)) == i and t[hostile(i)] == i) end
  for i = 1, 50 do
    assert(rawget(t, -i) == i and rawget(t, i * 1000 + 0.5) == i and rawget(t, "s" .. i) == i)
    assert(t[-i - 50] == nil and rawget(t, i + 0.25) == nil and t["t" .. i] == nil)
    rawset(t, -i, -i)
  end
  local n = 0
  for k, v in pairs(t) do
    n = n + 1
    assert(rawget(t, k) == v)
  end
  assert(n == count + 151 and t[-7] == -7)
  print("colliding keys", "found by every way")
end

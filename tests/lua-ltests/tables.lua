-- Sizes and places in tables: T.querytab, T.hash, T.int2fb, T.log2, T.querystr, T.limits.
local function sizes(t, array, nodes)
  local a, h = T.querytab(t)
  if a ~= array or h ~= nodes then
    error(("sizes are %d and %d, expected %d and %d"):format(a, h, array, nodes), 2)
  end
end
-- the least power of two that is not below n
local function power(n) local p = 1 while p < n do p = p * 2 end return n == 0 and 0 or p end

-- constructors give the sizes they were compiled with; those of big ones are rounded up
sizes({}, 0, 0)
for items = 0, 40 do
  local fields = {}
  for k = 0, 20 do
    local source = "return {" .. ("1,"):rep(items) .. table.concat(fields, ",") .. "}"
    local t = loadstring(source)()
    local _, rounded = T.int2fb(items)
    local _, nodes = T.int2fb(k)
    sizes(t, rounded, power(nodes))
    fields[#fields + 1] = "k" .. k .. "=1"
  end
end
-- assignments: the array part is the largest power of two that is more than half full; a key that finds no free node
-- makes the table count its keys anew
do
  local t = {}
  local steps = {}
  for i = 1, 33 do
    t[i] = i
    local a, h = T.querytab(t)
    steps[#steps + 1] = a .. "+" .. h
  end
  -- 1 goes to a node of its own part or the array at once, whichever the count says
  assert(table.concat(steps, " ") == "1+0 2+0 4+0 4+0 8+0 8+0 8+0 8+0" .. (" 16+0"):rep(8) .. (" 32+0"):rep(16) .. " 64+0")
  local u = {}
  for i = 10, 1, -1 do u[i] = i end
  local a, h = T.querytab(u)
  assert(a + h >= 10 and #u == 10)
  -- sparse keys stay nodes
  sizes({ [1] = 1, [100] = 1, [10000] = 1 }, 0, 4)
  local s = {}
  for i = 1, 10 do s["k" .. i] = i end
  sizes(s, 0, 16)
  -- nothing shrinks before a key finds no node
  for i = 1, 10 do s["k" .. i] = nil end
  sizes(s, 0, 16)
  s.new = 1
  local _, nodes = T.querytab(s)
  assert(nodes <= 16)
  -- a vararg table is as large as its values
  local function va(...) return { ... } end
  for n = 0, 20 do sizes(va(unpack({}, 1, n)), n, 0) end
  local function old(...) return arg end
  sizes(old(1, 2, 3), 3, 1)
end
-- the libraries' tables have room for all their functions
do
  local n = 0
  for _ in pairs(math) do n = n + 1 end
  local a, h = T.querytab(math)
  assert(a == 0 and h >= n and h <= 2 * power(n))
end

-- every entry is found by walking through slots; chains begin where T.hash says
do
  local t = { "a", "b", x = 1, y = 2, [2.5] = 3, [true] = 4, [-1] = 5 }
  local array, nodes, free = T.querytab(t)
  assert(array == 2 and nodes == 8 and free <= 8)
  local order, found = {}, {}
  for k in pairs(t) do order[#order + 1] = tostring(k) end
  local walked = {}
  for i = 0, array + nodes - 1 do
    local k, v, next = T.querytab(t, i)
    if v ~= nil then
      walked[#walked + 1] = tostring(k)
      assert(t[k] == v)
      found[k] = true
      if i >= array then
        -- the chain from the key's own place leads to the node
        local at, steps = T.hash(k, t), 0
        while at ~= i - array do
          local _, _, n = T.querytab(t, array + at)
          at = n
          steps = steps + 1
          assert(at and steps < 10)
        end
      end
    end
  end
  assert(table.concat(order, " ") == table.concat(walked, " "))
  for k in pairs(t) do assert(found[k]) end
  assert(select("#", T.querytab(t, array + nodes)) == 0)
  -- strings are placed by their hash's low bits
  assert(T.hash("x", t) == T.hash("x") % 8 and T.hash("y", t) == T.hash("y") % 8)
  assert(T.hash(true, t) == 1 and T.hash(0, t) == 0)
  -- a collected key without a value shows as dead
  local d = { [{}] = 1 }
  d[next(d)] = nil
  collectgarbage()
  assert((T.querytab(d, 0)) == "<dead>" or (T.querytab(d, 0)) == nil)
  assert(not pcall(T.querytab, 5) and not pcall(T.hash))
end

-- T.int2fb: the operand and the size it stands for; T.log2
for _, case in ipairs { { 0, 0, 0 }, { 7, 7, 7 }, { 8, 8, 8 }, { 15, 15, 15 }, { 16, 16, 16 }, { 17, 17, 18 }, { 33, 25, 36 }, { 1000, 63, 1024 - 64 + 64 } } do
  local code, size = T.int2fb(case[1])
  assert(size >= case[1], case[1])
  if case[1] < 33 then assert(code == case[2] and size == case[3], case[1] .. ": " .. code .. " " .. size) end
end
for n, log in pairs { [1] = 0, [2] = 1, [3] = 1, [4] = 2, [255] = 7, [256] = 8, [2 ^ 20] = 20 } do assert(T.log2(n) == log) end

-- the table of short strings: a new one is found in a slot, and its count goes up and down
do
  local name = "a string that is there " .. 1
  local slots, count = T.querystr()
  assert(slots >= count and count > 100)
  local found
  for i = 0, slots - 1 do if T.querystr(i) == name then found = true end end
  assert(found and T.querystr(slots) == nil)
  collectgarbage()
  local _, before = T.querystr()
  local keep = {}
  for i = 1, 1000 do keep[i] = "string number " .. i end
  local more, after = T.querystr()
  assert(after - before >= 1000 and more >= after)
  keep = nil
  collectgarbage()
  local _, last = T.querystr()
  assert(last < after - 900)
end

local limits = T.limits()
assert(limits.BITS_INT == 32 and limits.LFPF == 50 and limits.MAXVARS == 200 and limits.NUM_OPCODES == 38 and limits.MAXSTACK == 250)

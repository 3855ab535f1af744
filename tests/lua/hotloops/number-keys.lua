-- Numbers and objects as keys of hot loops, in the array part and in nodes, found and absent, old and new.

local floor, format = math.floor, string.format
local function text(v)
  if type(v) == "number" then return v ~= v and "nan" or format("%.14g", v) end
  return tostring(v)
end
local function digest(t)
  local hash, count = 0, 0
  for k, v in pairs(t) do
    local s = text(k) .. "=" .. text(v)
    for i = 1, #s do hash = (hash * 31 + s:byte(i)) % 65521 end
    count = count + 1
  end
  return hash, count
end
local function all(t)
  local parts = {}
  for k, v in pairs(t) do parts[#parts + 1] = text(k) .. "=" .. text(v) end
  return table.concat(parts, " ")
end

-- Each kind of key, found, then absent, then stored: what is there first is what the loop is made for.
local huge, nan = math.huge, 0 / 0
local kinds = {
  fractions = function(i) return i + 0.5 end,
  negative = function(i) return -i end,
  sparse = function(i) return i * 1000 end,
  small = function(i) return i / 1e300 end,
  large = function(i) return i * 2 ^ 40 end,
  beyond = function(i) return i * 2 ^ 31 end,
  both = function(i) return i % 2 == 0 and i or i + 0.25 end,
  zeros = function(i) return i % 3 - 1 end,
  minus = function(i) return i % 2 == 0 and 0 or -0 * i end,
  infinite = function(i) return i % 2 == 0 and huge or -huge end,
  list = function(i) return i end,
  window = function(i) return i + 5000 end,
  halves = function(i) return floor(i / 2) * (i % 2 == 0 and 1 or -1) end,
  same = function(i) return (i % 7) * 63 - 100 end,
}
local order = {}
for name in pairs(kinds) do order[#order + 1] = name end
table.sort(order)
for _, name in ipairs(order) do
  local key = kinds[name]
  for _, size in ipairs { 1, 7, 300, 1500 } do
    local t, found, sum = {}, 0, 0
    for i = 1, size do t[key(i)] = i end
    io.write(name, " ", size, " ", format("%d %d", digest(t)))
    for i = 1, 2 * size + 100 do if t[key(i)] then found = found + 1 end end
    for i = 1, 2 * size + 100 do sum = (sum * 3 + (t[key(i)] or 1)) % 65521 end
    io.write(" ", found, " ", sum)
    for i = 1, size + 200 do t[key(i)] = (t[key(i)] or 0) + i end
    for i = 1, size + 200 do t[key(i)] = tostring(i) end
    io.write(format(" %d %d", digest(t)))
    for i = 1, size + 200, 3 do t[key(i)] = nil end
    for i = 2, size + 200, 3 do t[key(i)] = false end
    io.write(format(" %d %d", digest(t)))
    for i = 1, size + 300 do t[key(i)] = i end
    io.write(format(" %d %d %d\n", #t > 0 and #t or -1, digest(t)))
  end
end

-- Queues: the head moves; stacks, windows, and both at a time.
local function queue(first, count, held)
  local t, head, tail, seen = {}, first, first - 1, 0
  for i = 1, held do tail = tail + 1; t[tail] = i end
  for i = 1, count do
    local v = t[head]
    t[head] = nil
    head = head + 1
    seen = (seen * 7 + v) % 65521
    if i % 10 ~= 0 then tail = tail + 1; t[tail] = v + i end
    if i % 5 == 0 then tail = tail + 1; t[tail] = i end
  end
  return seen, head, tail, #t > 0, digest(t)
end
for _, first in ipairs { 1, 0, -500, 0.5, 1e6 } do
  for _, held in ipairs { 1, 3, 100, 1000 } do print("queue", first, held, queue(first, 3000, held)) end
end
local function stack(t, count)
  local top, seen = 0, 0
  for i = 1, count do
    if i * 13 % 29 < 15 or top == 0 then
      top = top + 1
      t[top] = i
    else
      seen = (seen * 7 + t[top]) % 65521
      t[top] = nil
      top = top - 1
    end
    if i % 100 == 0 then seen = seen + #t end
  end
  return seen, top, #t, digest(t)
end
print("stack", stack({}, 5000))
print("stack", stack({ x = 1, y = 2 }, 5000))
local t = {}
for i = 1, 100 do t[i] = i end
print("stack", stack(t, 2000))

-- The border of an array part in which values come and go.
local function borders(t, count, step)
  local at, lengths = 0, 0
  for i = 1, count do
    at = (at + step) % 64
    if t[at] then t[at] = nil else t[at] = i end
    t[64 - at] = i % 3 ~= 0 and i or nil
    if at < 32 then lengths = lengths + (t[#t] ~= nil and 1 or 0) + (t[#t + 1] == nil and 1 or 0) end
  end
  return lengths, digest(t)
end
for step = 1, 31, 5 do print("borders", step, borders({}, 2000, step)) end
local function shrink(n, from, to, by)
  local t = {}
  for i = 1, n do t[i] = i end
  local lengths = 0
  for i = from, to, by do t[i] = nil lengths = (lengths * 3 + #t) % 65521 end
  return lengths, #t, digest(t)
end
print(shrink(500, 500, 1, -1))
print(shrink(500, 1, 500, 1))
print(shrink(500, 499, 1, -2))
print(shrink(500, 700, -200, -1))

-- Keys that share a chain, erased ones among them, and those that come to lie elsewhere.
local function collide(m, count)
  local t = {}
  for i = 1, 40 do t[i * m + 0.5] = i end
  local seen = 0
  for i = 1, count do
    local k = (i * 17 % 60 + 1) * m + 0.5
    local v = t[k]
    if v == nil then t[k] = i elseif i % 4 == 0 then t[k] = nil else seen = (seen + v) % 65521 end
  end
  return seen, digest(t)
end
for _, m in ipairs { 1, 63, 1023, 2 ^ 20, 2 ^ 32 } do print("collide", m, collide(m, 4000)) end
local crowd = {}
for i = 1, 3000 do crowd[i * 2 ^ -1060] = i end -- all are the same to many hashes
local sum = 0
for round = 1, 3 do for i = 1, 3000 do sum = sum + crowd[i * 2 ^ -1060] + (crowd[i * 2 ^ -1061] or 0) end end
print("crowd", sum)
local crowd, sum = {}, 0
for i = 1, 5000 do crowd[i * 4294967295] = i end
for i = 1, 5000 do sum = sum + crowd[i * 4294967295]; crowd[i * 4294967295] = nil; crowd[-i * 4294967295] = i end
print("crowd", sum)

-- The two zeros are one key.
local zero = {}
for i = 1, 600 do
  local k = i % 2 == 0 and 0 or 0 / -1
  if i % 150 == 0 then zero = {} end
  zero[k] = (zero[k] or 0) + 1
end
print("zero", zero[0], all(zero))
for i = 1, 600 do local k = 0 / (i % 2 * 2 - 1); zero[k] = i % 50 ~= 0 and i or nil end
print("zero", zero[0], all(zero))

-- NaN: absent, and no key to store.
local function nans(n)
  local t, absent = { 1, 2, 3, [0.5] = 4 }, 0
  for i = 1, n do
    local k = i % 5 == 0 and nan or i % 3
    if t[k] == nil then absent = absent + 1 end
  end
  return absent
end
print("nan", nans(1000))
local function store(t, n, at, key)
  local i = 0
  while i < n do
    i = i + 1
    local k = i + 0.5
    if i == at then k = key end
    t[k] = i
  end
  return i
end
for _, key in ipairs { 1 / 0, -1 / 0, "name", true, 0 } do print("key", text(key), store({}, 700, 600, key)) end
for _, bad in ipairs { "nan", "nil" } do
  local t = {}
  local ok, message = pcall(store, t, 700, 600, bad == "nan" and nan or nil)
  print("key", bad, ok, message, digest(t))
end
local ok, message = pcall(function() local t, s = {}, 0 for i = 1, 900 do if i == 800 then t = nil end s = s + (t[-i] or 1) end end)
print(ok, message)
local ok, message = pcall(function() local t = {} for i = 1, 900 do if i == 800 then t = 7 end t[-i] = i end end)
print(ok, message)

-- Metatables that have a say, by functions and tables, and that come and go.
local log = 0
local function with(meta, n, key)
  local t, sum = setmetatable({}, meta), 0
  for i = 1, n do if i % 3 == 0 then rawset(t, key(i), i) end end
  for i = 1, n do
    local v = t[key(i)]
    sum = (sum * 3 + (type(v) == "number" and v or 1)) % 65521
    if i % 2 == 0 then t[key(i)] = i + 0.5 end
    if i % 7 == 0 then t[key(i)] = nil end
    if i % 11 == 0 then t[key(i)] = -i end
  end
  return sum, log, digest(t)
end
local base = {}
for i = -50, 600 do base[i] = i; base[i + 0.5] = -i end
local metas = {
  { "none", {} }, { "mode", { __mode = "k" } }, { "other", { __len = function() return 1 end } },
  { "index", { __index = base } }, { "indexf", { __index = function(t, k) log = (log + k) % 9973 return k * 2 end } },
  { "new", { __newindex = function(t, k, v) log = (log + k) % 9973 rawset(t, k, v) end } },
  { "drop", { __newindex = function(t, k, v) log = (log + k) % 9973 end } },
  { "both", { __index = function(t, k) return base[k] end, __newindex = base } },
}
for _, meta in ipairs(metas) do
  for _, name in ipairs { "fractions", "negative", "list", "both", "sparse", "zeros" } do
    print("meta", meta[1], name, with(meta[2], 600, kinds[name]))
  end
end
local function change(n)
  local t, meta, got = {}, {}, 0
  for i = -n, n do
    local v = t[i * 3]
    got = (got * 3 + (v or 1)) % 65521
    t[i * 3] = i
    if i == -n + 200 then setmetatable(t, meta) end
    if i == -n + 400 then meta.__index = function(t, k) return k end end
    if i == -n + 600 then meta.__newindex = function(t, k, v) rawset(t, k, v + 1) end end
    if i == -n + 800 then meta.__newindex = nil end
    if i == -n + 1000 then setmetatable(t, nil) end
  end
  return got, digest(t)
end
print("change", change(700))

-- Weak tables while what they hold dies; tables that are collected in slices.
local function weak(mode, rounds)
  local cache, hold, made, same = setmetatable({}, { __mode = mode }), {}, 0, 0
  for i = 1, rounds do
    local k = i % 1000 * (i % 2 == 0 and 1 or -0.5)
    local object = cache[k]
    if object then
      if object.key == k then same = same + 1 end
    else
      object = { key = k }
      cache[k] = object
      made = made + 1
    end
    hold[i % 100 + 1] = object
    if i % 997 == 0 then collectgarbage("step", 20) end
    if i % 5000 == 0 then collectgarbage() end
  end
  local wrong = 0
  for k, v in pairs(cache) do if v.key ~= k then wrong = wrong + 1 end end
  return made >= 1000, same + made == rounds, wrong
end
print("weak", weak("v", 20000))
print("weak", weak("k", 20000))
print("weak", weak("kv", 20000))
local function large(n)
  local cache, hold = setmetatable({}, { __mode = "v" }), {}
  for i = 1, n do cache[i * 0.5] = { i } if i % 3 == 0 then hold[#hold + 1] = cache[i * 0.5] end end
  collectgarbage("collect")
  local alive, wrong = 0, 0
  for i = 1, n do
    local o = cache[i * 0.5]
    if o then alive = alive + 1 if o[1] ~= i then wrong = wrong + 1 end end
    if i % 2 == 0 then cache[i * 0.5] = { i, hold } end
    if i % 100 == 0 then collectgarbage("step", 1) end
  end
  return alive, wrong
end
print("weak", large(20000))
local function barriers(n)
  local t, seen = {}, 0
  for i = -n, n do t[i] = { i } end
  for round = 1, 4 do
    for i = -n, n do
      if t[i][1] ~= (round == 1 and i or -i) then seen = seen + 1 end
      t[i] = { -i }
      t[i + 0.5] = t[i]
    end
    collectgarbage("step", 50)
  end
  for i = -n, n do if t[i + 0.5][1] ~= -i then seen = seen + 1 end end
  return seen
end
print("barriers", barriers(3000))

-- Small tables that grow in the loop, with fields, an array part and nodes.
local function grow(n)
  local hash = 0
  for i = 1, n do
    local t = { name = i }
    t[1] = i
    t[-i] = t[1]
    t[2] = i + 1
    t[i + 0.5] = t[2] + t[1]
    t[1] = nil
    hash = (hash * 31 + (t[1] or 3) + t[-i] + t[i + 0.5] + (t[3] or 5)) % 65521
  end
  return hash
end
print("grow", grow(1000))
local function constants(t, n)
  local sum = 0
  for i = 1, n do
    sum = (sum + (t[1] or 0) + (t[2] or 0) * 2 + (t[3] or 0) * 3 + (t[200] or 4)) % 65521
    t[2] = i
    if i % 5 == 0 then t[3] = i else t[3] = nil end
    if i % 100 == 0 then t[200] = not t[200] and i or nil end
  end
  return sum, digest(t)
end
print("constants", constants({}, 700))
print("constants", constants({ 1, 2, 3, 4 }, 700))
print("constants", constants({ x = 1, y = 2 }, 700))
print("constants", constants(setmetatable({}, { __mode = "v" }), 700))

-- Constants that are in no array part.
local function zero_based(t, n)
  local sum = 0
  for i = 1, n do
    t[0] = (t[0] or 0) + 1
    t[-1] = i
    if i % 3 == 0 then t[0.5] = i elseif i % 3 == 1 then t[0.5] = nil end
    if i % 100 == 0 then t[1e15] = not t[1e15] or nil end
    sum = (sum * 3 + t[0] + t[-1] + (t[0.5] or 7) + (t[1e15] and 2 or 1) + (t[-0] or 0) + (t[4294967296] or 5)) % 65521
  end
  return sum, digest(t)
end
for _, t in ipairs { {}, { 1, 2, 3 }, { [0] = 5 }, { [-0] = 5, x = 1 }, setmetatable({}, { __mode = "k" }) } do print("zero", zero_based(t, 800)) end
print("zero", pcall(zero_based, setmetatable({}, { __index = function(t, k) return k end, __newindex = function(t, k, v) rawset(t, k, v) end }), 800))
print("zero", pcall(zero_based, "name", 10))

local function graph() end

-- In functions that are called in the loop.
local function get(t, k) return t[k] end
local function get_first(t) return t[1] or t[2] end
local function get_zero(t) return t[0] or t[-1] end
local function set(t, k, v) t[k] = v end
local function set_some(t, v) t[0] = v t[1] = v t[2.5] = v t[200] = v end
local function called(n)
  local t, empty, sum = {}, {}, 0
  for i = 1, n do
    if i % 60 == 0 then t = { i, name = i } end
    set(t, i % 9 - 3, i)
    set(t, i / 4, i % 5 ~= 0 and i or nil)
    if i % 3 == 0 then set_some(t, i) elseif i % 7 == 0 then set_some(t, nil) end
    sum = (sum * 3 + (get(t, i % 11 - 4) or 1) + (get_first(t) or 2) + (get_zero(t) or 3) + (get(t, i / 4 - 2) or 4)) % 65521
    sum = sum + (get_first(empty) or 5) + (get_zero(empty) or 6) + (get(empty, -i) or 7)
  end
  return sum, digest(t)
end
print("called", called(2000))
local function make(depth) if depth == 0 then return {} end return { make(depth - 1), make(depth - 1) } end
local function check(t) if t[1] then return 1 + check(t[1]) + check(t[2]) end return 1 end
local function make_from_zero(depth) local t = {} if depth > 0 then t[0] = make_from_zero(depth - 1) t[-1] = make_from_zero(depth - 1) end return t end
local function check_from_zero(t) if t[0] then return 1 + check_from_zero(t[0]) + check_from_zero(t[-1]) end return 1 end
print("trees", check(make(11)), check_from_zero(make_from_zero(11)), check(make_from_zero(11)))

-- A loop with so many of them that there is no room for all.
for _, count in ipairs { 20, 45, 90, 140 } do
  local words = { "local t, n, s = ... for i = 1, n do" }
  for k = 1, count do words[#words + 1] = format(k % 3 == 0 and "s = (s + (t[i + %g] or 1)) %% 65521" or "t[i - %g] = i", k / 4 * (k % 2 == 0 and 1 or -1)) end
  words[#words + 1] = "end return s"
  local t = {}
  print("many", count, assert(loadstring(table.concat(words, " ")))(t, 300, 0), digest(t))
end

-- Objects as keys, by turns with others.
local function objects(n, others)
  local t, list, sum = {}, {}, 0
  for i = 1, n do list[i] = i % 4 == 0 and function() return i end or i % 4 == 1 and coroutine.create(graph) or { i } end
  for i = 1, n do t[list[i]] = i end
  for i = 1, 2 * n do sum = (sum * 3 + (t[list[i] or i] or 5)) % 65521 end
  for i = 1, n do
    local k = list[i]
    if others and i % 5 == 0 then k = i end
    if others and i % 7 == 0 then k = i / 4 end
    if others and i % 11 == 0 then k = "name" .. i % 3 end
    if others and i % 13 == 0 then k = i % 2 == 0 end
    t[k] = (t[k] or 0) + i
    if i % 6 == 0 then t[k] = nil end
    if i % 500 == 0 then collectgarbage("step", 10) end
  end
  for i = 1, n do if i % 2 == 0 then t[list[i]] = nil list[i] = {} end end
  collectgarbage()
  for i = 1, n do t[list[i]] = (t[list[i]] or 0) + 1 sum = (sum * 3 + t[list[i]]) % 65521 end
  local count = 0
  for k, v in pairs(t) do count = count + 1 sum = (sum + v) % 65521 end
  return sum, count
end
print("objects", objects(1000, false))
print("objects", objects(1000, true))
function graph(n)
  local nodes, sum = {}, 0
  for i = 1, n do nodes[i] = {} end
  for i = 1, n do for j = 1, 3 do nodes[i][j] = nodes[(i * 7 + j * 131) % n + 1] end end
  for round = 1, 4 do
    local seen, stack, top = round % 2 == 0 and setmetatable({}, { __mode = "k" }) or {}, { nodes[1] }, 1
    seen[nodes[1]] = 0
    while top > 0 do
      local node = stack[top]
      stack[top] = nil
      top = top - 1
      for j = 1, #node do
        local other = node[j]
        if not seen[other] then
          seen[other] = seen[node] + 1
          top = top + 1
          stack[top] = other
        end
      end
    end
    for i = 1, n do sum = (sum * 3 + (seen[nodes[i]] or 1)) % 65521 end
  end
  return sum
end
print("graph", graph(500))

-- A hook that is set in the loop, that looks at the key, and changes it.
local function hooked(n, mask, f)
  local t, seen = {}, 0
  local key = -n
  for i = 1, n do
    key = key + 1
    t[key] = i
    seen = (seen * 3 + (t[key] or 0) + (t[-key] or 0)) % 65521
    if i == 700 then debug.sethook(f, mask) end
    if i == 710 then debug.sethook() end
  end
  return seen, digest(t)
end
local lines = {}
print("hook", hooked(1000, "l", function(_, line) lines[#lines + 1] = line end))
print(#lines, lines[1], lines[#lines])
local function set_key(name, change)
  return function()
    for i = 1, 20 do
      local n, v = debug.getlocal(2, i)
      if not n then break end
      if n == name then debug.setlocal(2, i, change(v)) break end
    end
  end
end
print("setlocal", pcall(hooked, 1000, "l", set_key("key", function(v) return v + 0.25 end)))
print("setlocal", pcall(hooked, 1000, "l", set_key("t", function(v) return setmetatable({}, { __index = function() return 3 end }) end)))
print("setlocal", pcall(hooked, 1000, "l", set_key("key", function(v) return {} end)))
local calls = 0
local function told()
  local n, v = debug.getlocal(2, 3)
  calls = calls + 1
  debug.setlocal(2, 3, v - 0.5)
end
local function asked(n)
  local t, k = {}, 0
  for i = 1, n do
    t[k] = i
    if i % 50 == 0 then told() end
    k = k - (t[k] and 1 or 2)
  end
  return k, calls, digest(t)
end
print("setlocal", asked(1000))

-- What coroutines are, as a loop that switches sees it.
local function statuses(n)
  local count, me = {}, coroutine.running()
  local function note(s) count[s] = (count[s] or 0) + 1 end
  local list = {}
  for i = 1, 5 do list[i] = coroutine.create(function(a) local s = 0 for k = 1, i * 100 do s = s + coroutine.yield(s) end if i == 3 then error("e") end return s end) end
  local outer
  outer = coroutine.create(function()
    for i = 1, n do note(coroutine.status(outer)) coroutine.yield() end
  end)
  local middle
  local inner = coroutine.create(function() for i = 1, 300 do note("m" .. coroutine.status(middle)) coroutine.yield() end end)
  middle = coroutine.create(function() for i = 1, 300 do coroutine.resume(inner) coroutine.yield() end end)
  for i = 1, n do
    local co = list[i % 5 + 1]
    note(coroutine.status(co))
    coroutine.resume(co, i)
    if coroutine.status(co) ~= "dead" then note("alive") end
    coroutine.resume(outer)
    coroutine.resume(middle)
    note("o" .. coroutine.status(outer))
    note("n" .. coroutine.status(middle))
  end
  return all(count):len(), count.suspended, count.dead, count.running, count.alive, count.mnormal, count.ndead, count.osuspended
end
print("status", statuses(2000))
print("status", pcall(function() local s for i = 1, 900 do s = coroutine.status(i < 800 and coroutine.create(statuses) or 7) end end))

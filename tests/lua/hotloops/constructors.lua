-- Tables that hot code makes: which names they have, in which order, and what comes between.
local function shown(t)
  local words = {}
  for k, v in pairs(t) do words[#words + 1] = tostring(k) .. "=" .. (type(v) == "table" and "{}" or tostring(v)) end
  return table.concat(words, " ") .. " #" .. #t
end

-- The order of names is what it is in any table that was given them one after the other. (The collector forgets names without values.)
collectgarbage("stop")
do
  local last = {}
  for i = 1, 2000 do
    last[1] = { a = i }
    last[2] = { a = i, b = 2 }
    last[3] = { b = i, a = 2, c = 3 }
    last[4] = { c = i, alpha = 2, beta = 3, gamma = 4 }
    last[5] = { gamma = 4, beta = 3, alpha = 2, c = i, delta = 5 }
    last[6] = { x1 = 1, x2 = 2, x3 = 3, x4 = 4, x5 = 5, x6 = 6, x7 = i }
    last[7] = { y8 = 1, y7 = 2, y6 = 3, y5 = 4, y4 = 5, y3 = 6, y2 = 7, y1 = i }
    last[8] = { y8 = 1, y7 = 2, y6 = 3, y5 = 4, y4 = 5, y3 = 6, y2 = 7, y1 = i, y0 = 9 }
    last[9] = { name = "n" .. i, kind = { i }, [i] = true }
    last[10] = { x = i, x = i + 1, y = 3, x = i + 2 }
    last[11] = { i, i + 1, x = i, i + 2, y = 2 }
  end
  for i = 1, 11 do print(i, shown(last[i])) end
end

-- Names that get nil: they are there, and have places, or not; what is added later finds room accordingly.
do
  local kept = {}
  for i = 1, 3000 do
    local even = i % 2 == 0 and i or nil
    local t = { left = even, key = i, right = nil }
    t.left, t.more, t.other = i, i, i
    t.key = nil
    t.last, t.beyond = 1, 2
    if i % 500 < 2 then kept[#kept + 1] = t end
  end
  for i = 1, #kept do print(shown(kept[i])) end
end

-- Names of all sorts, that share their main positions or not, some with nil now and then: then others take their places.
do
  local seed = 7
  local function random(n) seed = seed * 16807 % 2147483647; return seed % n + 1 end
  for round = 1, 80 do
    local fields, used = {}, {}
    for j = 1, random(8) do
      local name = "n" .. random(40)
      local values = { "i", "true", "i % 2 == 0 and i or nil", "nil", "i > 1500 and 'late' or nil", "{ i }" }
      fields[j] = (used[name] and "z" .. j or name) .. " = " .. values[random(#values)]
      used[name] = true
    end
    local code = "local t; for i = 1, 1600 do t = { " .. table.concat(fields, ", ") .. " } end; return t"
    local last = assert(loadstring(code))()
    local text = shown(last)
    last.extra, last.n1, last.n2 = 1, 2, 3
    print(round, text, shown(last))
  end
end

-- Names stored behind the constructor, with something that looks at the table between, and without.
do
  local kept, seen = {}, 0
  local function look(t) for _ in pairs(t) do seen = seen + 1 end; t.extra = seen % 3 == 0 and seen or nil; return t end
  for i = 1, 3000 do
    local t = { one = 1, two = 2, three = i }
    t.four = 4
    local u = { one = 1, two = 2, three = i }
    look(u)
    u.four = 4
    local v = look { one = i, two = look({ three = 3 }), three = #kept }
    v.four = v
    local w = kept[1] or {}
    w.x, w.y = i, i
    if i % 1000 == 0 then kept[#kept + 1] = t; kept[#kept + 1] = u; kept[#kept + 1] = v end
  end
  print(seen)
  for i = 1, #kept do print(shown(kept[i])) end
end
collectgarbage("restart")

-- Lists, with nil, false, of all lengths; their lengths and what is behind.
do
  local sum, holes = 0, 0
  for i = 1, 2000 do
    local n = i % 3 == 0 and nil
    local lists = {
      { i }, { i, i + 1 }, { i, n, 3 }, { n, i }, { false, i, "s" }, { n }, { n, n },
      { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, i },
      { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, i },
      { { i }, { { i } }, {} },
    }
    for j = 1, #lists do
      local list = lists[j]
      sum = sum + #list * j
      for k = 1, 17 do if list[k] == nil then holes = holes + k end end
      list[#list + 1] = j
      sum = sum + #list
    end
  end
  print(sum, holes)
end

-- In functions that are called in place, by frames of their own, by themselves; given a metatable at once.
do
  local V = {}
  V.__index = V
  V.__add = function(a, b) return setmetatable({ x = a.x + b.x, y = a.y + b.y }, V) end
  local function new(x, y) return setmetatable({ x = x, y = y }, V) end
  function V:scaled(k) local r = new(self.x * k, self.y * k); r.k = k; return r end
  local function tree(depth, n)
    if depth == 0 then return { n = n } end
    return { left = tree(depth - 1, 2 * n), n = n, right = tree(depth - 1, 2 * n + 1) }
  end
  local function sum(t) return t.n + (t.left and sum(t.left) + sum(t.right) or 0) end
  local at, total = new(0, 0), 0
  for i = 1, 4000 do
    at = at + new(i, -i):scaled(i % 4)
    if i % 100 == 0 then total = total + sum(tree(5, i)) end
  end
  print(at.x, at.y, getmetatable(at) == V, total)
  print(shown(at:scaled(2)))
end

-- A metatable that is told of new names is told of those that the constructor gave nil, and of those that come behind it.
do
  local told = {}
  local mt = { __newindex = function(t, k, v) told[#told + 1] = k; rawset(t, k, v) end, __index = function(_, k) return k end }
  local sum = 0
  for i = 1, 1500 do
    local t = { one = i, two = nil, three = 3 }
    setmetatable(t, mt)
    if t.two ~= "two" or t.four ~= "four" then error("not inherited") end
    t.one, t.two, t.three, t.four = 1, 2, 3, 4
    sum = sum + t.one + t.two + t.three + t.four
  end
  print(sum, #told, told[1], told[2], told[3])
end

-- Errors, yields and closures in the midst of constructors.
do
  local function fails(i) if i % 700 == 0 then error("at " .. i, 0) end; return i end
  local function make(i) return { a = i, b = { c = fails(i), d = i }, e = i } end
  local messages, sum = {}, 0
  for i = 1, 3000 do
    local ok, t = pcall(make, i)
    if ok then sum = sum + t.a + t.b.c + t.b.d + t.e else messages[#messages + 1] = t end
  end
  print(sum, table.concat(messages, ", "))
  local co = coroutine.wrap(function(x)
    while true do x = coroutine.yield({ first = x, second = coroutine.yield({ inner = x }), third = { x, coroutine.yield({}) } }) end
  end)
  local t, inner, empty = nil, co(0), co(0)
  for i = 1, 2000 do
    t = co(i)
    sum = sum + t.first + (t.second or 0) + #t.third
    inner = co(i)
    sum = sum + (inner.inner or 0)
    empty = co(-i)
    if next(empty) ~= nil then error("not empty") end
  end
  print(sum, shown(t))
  local getters = {}
  for i = 1, 1500 do
    local object = { value = i, get = function() return i end, set = function(v) i = v end, name = i % 7 }
    object.set(i * 2)
    getters[i % 5 + 1] = object
  end
  for i = 1, 5 do print(getters[i].get(), getters[i].value, getters[i].name) end
end

-- Beside the collector: steps in the midst, weak tables of what was made, finalizers.
do
  local weak, kept, gone = setmetatable({}, { __mode = "v" }), {}, 0
  local mt = { __gc = true }
  for i = 1, 20000 do
    local t = { id = i, list = { i, i + 1, i + 2 }, more = { name = "n" .. i % 10, deep = { i } } }
    weak[i % 64] = t
    kept[i % 1000 + 1] = t
    if i % 1999 == 0 then collectgarbage() end
    if i % 97 == 0 then collectgarbage("step", 1) end
    local old = kept[(i * 7) % 1000 + 1]
    if old then gone = gone + old.id + old.list[3] + old.more.deep[1] + #old.more.name end
  end
  print(gone)
  for i = 1, 1000 do
    local t = kept[i]
    if t.list[1] ~= t.id or t.list[3] ~= t.id + 2 or t.more.deep[1] ~= t.id then error("changed") end
  end
end

-- A hook that is set while the loop runs, and temporaries that it looks at.
do
  local lines, tables = 0, 0
  local function hook()
    lines = lines + 1
    for i = 1, 20 do
      local name, value = debug.getlocal(2, i)
      if not name then break end
      if type(value) == "table" then tables = tables + 1; for _ in pairs(value) do end end
    end
  end
  local sum = 0
  for i = 1, 3000 do
    local t = { x = i, y = { i }, z = i }
    if i == 2000 then debug.sethook(hook, "", 1) end
    if i == 2010 then debug.sethook() end
    sum = sum + t.x + t.y[1] + t.z
  end
  print(sum, lines > 100, tables > 100)
end

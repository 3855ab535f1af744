-- Generic loops that turn often: each kind of iterator and table, and whatever changes while they do.

local concat, format = table.concat, string.format
local function hash(h, v) return (h * 31 + (type(v) == "number" and v or type(v) == "string" and #v or v and 7 or 3)) % 65521 end

local tables = {
  empty = {}, list = {}, names = {}, mixed = {}, holes = {}, one = { 1 }, name = { only = 2 }, objects = {}, sparse = {}, floats = {},
}
for i = 1, 37 do
  tables.list[i] = i * 2
  tables.names["n" .. i] = i
  tables.mixed[i], tables.mixed["m" .. i] = i, -i
  tables.objects[{}] = i
  tables.sparse[i * 1000] = i
  tables.floats[i / 4] = i
end
for i = 1, 20 do if i % 3 > 0 then tables.holes[i] = i end end
local order = { "empty", "list", "names", "mixed", "holes", "one", "name", "sparse", "floats", "objects" }

-- All tables by pairs, ipairs and next, with one to four variables.
for _, name in ipairs(order) do
  local t, h, n = tables[name], 0, 0
  for round = 1, 150 do
    for k in pairs(t) do if name ~= "objects" then h = hash(h, k) end end
    for k, v in pairs(t) do n = n + 1 if name ~= "objects" then h = hash(hash(h, k), v) else h = (h + v) % 65521 end end
    for k, v, w in pairs(t) do if w == nil then n = n + 1 end end
    for k, v, w, x in next, t do if x == nil and w == nil then n = n + 1 end end
    for i in ipairs(t) do h = hash(h, i) end
    for i, v in ipairs(t) do h = hash(hash(h, i), v) end
    for i, v, w in ipairs(t) do if w == nil then n = n + v end end
  end
  print(name, h, n)
end

-- Fields are cleared and changed meanwhile; the table of the loop is another each time, and changes its parts.
do
  local h = 0
  for round = 1, 300 do
    local t = {}
    for i = 1, round % 23 do t[i] = i end
    for i = 1, round % 7 do t["k" .. i] = i end
    for k, v in pairs(t) do h = hash(h, k) t[k] = nil end
    for k, v in pairs(t) do h = h + 1 end
    for i = 1, round % 5 do t[i] = i end
    for i, v in ipairs(t) do t[i] = v + 1 if i == 3 then t[5] = nil end h = hash(h, t[i]) end
    for i, v in ipairs(t) do if i < 40 then t[#t + 1] = v end h = hash(h, i) end
    for k, v in pairs(t) do t[k] = -v h = hash(h, v) end
  end
  print(h)
end

-- Iterators of other kinds.
do
  local function count(n, i) if i < n then return i + 1, i * 2 end end
  local function closure(n) local i = 0 return function() i = i + 1 if i <= n then return i, n end end end
  local function varargs(...) local _, i = ... if i < 20 then return i + 1, select("#", ...) end end
  local callable = setmetatable({}, { __call = function(self, n, i) i = (i or 0) + 1 if i <= n then return i, self ~= nil, i * 3 end end })
  local h = 0
  for round = 1, 200 do
    for i, v in count, round % 30, 0 do h = hash(h, v) end
    for i, n in closure(round % 9) do h = hash(h, n) end
    for i, n in varargs, 3, 0 do h = hash(h, n or 0) end
    for i, b, c in callable, round % 11 do h = hash(h, c) end
    for w, d in ("alpha 12 beta 7 gamma 1"):gmatch("(%a+) (%d)") do h = hash(h, w .. d) end
    for w in ("a,b,,c"):gmatch("[^,]*") do h = hash(h, w) end
    for i, v in rawget, { [1] = 2, [2] = 5 }, 1 do h = hash(h, i) if h % 2 == 0 then break end end
  end
  print(h)
end

-- What is called is another from some turn on, of the same loop.
do
  local h, iterators = 0, { pairs, ipairs, pairs, function(t) return next, t end, function(t) local i = 0 return function() i = i + 1 return t[i] and i, t[i] end end }
  local t = { 5, 6, 7, x = 1, y = 2 }
  for round = 1, 3000 do
    local by = iterators[round % 600 == 0 and round / 600 or round > 2000 and round % 5 + 1 or 1]
    for k, v in by(t) do h = hash(hash(h, k), v) end
    if round % 700 == 0 then t["z" .. round] = round end
    if round == 1500 then t = { 1, 2, 3, 4 } end
  end
  print(h)
end

-- Errors: what is called, what `next` is given, and their messages.
do
  local function over(f, s, c) local n = 0 for k, v in f, s, c do n = n + 1 end return n end
  for i = 1, 1500 do over(next, tables.list) end
  print(pcall(over, next, tables.list, "absent"))
  print(pcall(over, next, 12))
  print(pcall(over, next, nil))
  print(pcall(over, nil, tables.list))
  print(pcall(over, {}, tables.list))
  print(pcall(over, "text"))
  print(over(next, tables.list, 5), over(next, tables.names, "n7") > 0, over(ipairs(tables.list)))
  local step = ipairs({})
  print(pcall(over, step, tables.list, "1"), pcall(over, step, tables.list, -3), pcall(over, step, tables.list, 0.5), pcall(over, step, tables.list, 36))
  print(pcall(over, step, 5, 0))
  print(select(2, pcall(function() for round = 1, 600 do for k, v in pairs(round < 500 and tables.one or nil) do end end end)))
  print(select(2, pcall(function() local t = {} for i = 1, 30 do t["k" .. i] = i end for round = 1, 600 do for k, v in pairs(t) do if round == 590 then t.fresh = 1 error(k) end end end end)) ~= nil)
  local t = {}
  for i = 1, 400 do t[i] = i end
  print(pcall(function() for round = 1, 20 do for k, v in pairs(t) do if round == 19 and k == 200 then error("in " .. k, 0) end end end end))
end

-- The variables that nobody names, changed by the debug library in the middle.
do
  local log = {}
  for round = 1, 1200 do
    for i, v in ipairs(tables.list) do
      if round == 1100 and i == 10 then
        for slot = 1, 30 do
          local name = debug.getlocal(1, slot)
          if name == "(for control)" then debug.setlocal(1, slot, 30) end
        end
      end
      if round == 1100 then log[#log + 1] = i end
    end
  end
  print(concat(log, " "))
  log = {}
  for round = 1, 1200 do
    for k, v in pairs(tables.mixed) do
      if round == 1100 and k == 10 then
        for slot = 1, 30 do
          local name = debug.getlocal(1, slot)
          if name == "(for state)" then debug.setlocal(1, slot, { [10] = 1, [11] = 2 }) end
        end
      end
      if round == 1100 then log[#log + 1] = tostring(k) end
    end
  end
  print(#log, log[10], log[11], log[12])
end

-- Hooks: lines, counts and calls in such loops, set in the middle.
for _, mask in ipairs { "l", "c", "r", "" } do
  local events = 0
  for round = 1, 400 do
    if round == 300 then debug.sethook(function() events = events + 1 end, mask, mask == "" and 7 or 0) end
    for k, v in pairs(tables.mixed) do
      if round == 310 then debug.sethook() end
    end
    for i, v in ipairs(tables.list) do local x = v end
  end
  print(mask, events)
end

-- Coroutines that yield from bodies; wrapped ones as iterators, that end, fail, or are used up.
do
  local yield, wrap = coroutine.yield, coroutine.wrap
  local function items(t) return wrap(function() for k, v in pairs(t) do yield(k, v) end end) end
  local function upto(n) return wrap(function(a, b) for i = 1, n do a, b = yield(i, a, b) end return nil, "end" end) end
  local h, n = 0, 0
  for round = 1, 120 do
    for k, v in items(tables.mixed) do h = hash(h, k) for i in upto(3) do n = n + i end end
    for i, a, b, c in upto(20), 5, 6 do h = hash(hash(h, i), a or b or c or 0) end
  end
  print(h, n)
  print(pcall(function() for round = 1, 300 do for i in upto(5) do if round == 290 and i == 3 then error("inside", 0) end end end end))
  local f = upto(3)
  for i in f do end
  print(pcall(function() for i in f do end end))
  local g = wrap(function() for i = 1, 1e9 do if i == 2000 then error("at last", 0) end yield(i) end end)
  print(pcall(function() local s = 0 for i in g do s = s + i end return s end))
  local co = coroutine.wrap(function() local s = 0 for round = 1, 500 do for i, v in ipairs(tables.list) do s = s + v if i % 9 == 0 then s = s + yield(s) end end end return "sum", s end)
  local last, value = co()
  while last ~= "sum" do last, value = co(last % 11) end
  print(last, value)
end

-- Whole functions with such loops, that call themselves.
do
  local function depth(t) local d = 0 for k, v in pairs(t) do if type(v) == "table" then local e = depth(v) if e > d then d = e end end end return d + 1 end
  local function sum(t) local s = 0 for i, v in ipairs(t) do s = s + (type(v) == "table" and sum(v) or v) end return s end
  local function tree(n) if n == 0 then return 1 end return { tree(n - 1), n, tree(n - 1) } end
  local t, total = tree(6), 0
  for i = 1, 60 do total = total + depth(t) * sum(t) end
  print(total)
end

-- Weak tables, and collections, while they are walked.
do
  local n = 0
  for round = 1, 40 do
    local weak = setmetatable({}, { __mode = "k" })
    local kept = {}
    for i = 1, 300 do local key = {} weak[key] = i if i % 3 == 0 then kept[#kept + 1] = key end end
    collectgarbage()
    for k, v in pairs(weak) do n = n + v end
    for i, k in ipairs(kept) do n = n + weak[k] end
  end
  print(n)
end

-- Weak tables that are cleared bit by bit, between loops over them.
do
  local missing, strange = 0, 0
  for _, mode in ipairs { "k", "v", "kv" } do
    for round = 1, 12 do
      local weak, kept = setmetatable({}, { __mode = mode }), {}
      for i = 1, 900 do
        local key, value = { i }, { i }
        weak[key] = mode == "k" and i or value
        if i % 9 == 0 then kept[key] = value end
      end
      collectgarbage("restart")
      for step = 1, 150 do
        collectgarbage("step", 2)
        local seen = 0
        for k, v in pairs(weak) do
          if kept[k] then seen = seen + 1 end
          if type(k) ~= "table" or mode == "k" and type(v) ~= "number" or mode ~= "k" and type(v) ~= "table" then strange = strange + 1 end
        end
        if seen ~= 100 then missing = missing + 1 end
      end
    end
  end
  print(missing, strange)
end

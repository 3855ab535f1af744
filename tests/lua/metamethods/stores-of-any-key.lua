-- Stores by keys of every kind in tables whose metatables have a say: what `__newindex` is called with, what takes the value where it is
-- a table, and in which order `pairs` gives the keys afterwards, for a key gets its place before `__newindex` is looked at.
-- The collector stands still: where a key whose value is nil lies is forgotten when it comes by.

collectgarbage("stop")

local kinds = {
  { 1, 2, 3, 4, 5, 6, 7, 8, 9 },
  { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, -0, -1 },
  { 0.5, 1.5, 2.5, -7.25, 1e300, 1 / 0, -1 / 0, 2 ^ 53, 0 },
  { "a", "b", "c", "delta", "e", "f", "", "g", ("long "):rep(20), ("long "):rep(20) .. "x" },
  { true, false, 1, "one", 2, "two", false, true },
  { 3, "x", 1, "y", 2, "z", 4, 0.5, true, 5 },
  { 1, 1, 2, 2, 1, 3, 16, 17, 33, 1, 5 },
}

local function text(v)
  if type(v) == "string" and #v > 40 then return "long" .. #v end
  return type(v) == "table" and "table" or tostring(v)
end

local function order(t)
  local out = {}
  for k, v in next, t do out[#out + 1] = text(k) .. "=" .. text(v) end
  return table.concat(out, " ")
end

-- One instruction for all of them, and one for each kind.
local function store(t, k, v) t[k] = v end
local function store_list(t, keys) for i = 1, #keys do t[keys[i]] = i end end
local function store_twice(t, keys) for i = 1, #keys do t[keys[i]] = i t[keys[i]] = nil t[keys[i]] = "c" end end
local function store_object(t, keys) for i = 1, #keys do t[keys[i]] = keys end end
local stores = { store_list, store_twice, store_object, function(t, keys) for i = #keys, 1, -1 do store(t, keys[i], i) end end }

local log
local function note(t, k, v) log[#log + 1] = text(k) .. ">" .. text(v) end
local others
local function other(t) others[#others + 1] = t return t end

local metatables = {
  function() return { __newindex = note } end,
  function() return { __newindex = function(...) note(...) return 1, 2 end } end,
  function() return { __newindex = function(t, k, v) rawset(t, k, v) end } end,
  function() return { __newindex = function(t, k, v) if v then rawset(t, #log, k) end note(t, k, v) end } end,
  function() return { __newindex = rawset } end,
  function() return { __newindex = other {} } end,
  function() return { __newindex = other { 1, 2, 3, a = 1 } } end,
  function() return { __newindex = other(setmetatable({}, {})) } end,
  function() return { __newindex = other(setmetatable({}, { __newindex = note })) } end,
  function() return { __newindex = other(setmetatable({ 1, 2 }, { __newindex = other {} })) } end,
  function() return { __index = { 1, 2, 3 } } end,
  function() local m = { __newindex = note } m.__newindex = nil return m end,
  function() local m = {} m.__newindex = m m.__index = other(m) return m end,
}
local beginnings = {
  function() return {} end,
  function() return { 1, nil, 3, nil } end,
  function() return { 1, 2, 3, 4, a = 1, [0.5] = 2, [true] = 3 } end,
  function() local t = {} for i = 1, 20 do t[i] = i end for i = 5, 15 do t[i] = nil end return t end,
  function() local t = {} for i = 1, 9 do t["k" .. i] = i end for i = 1, 9, 2 do t["k" .. i] = nil end return t end,
}

for m, meta in ipairs(metatables) do
  for b, begin in ipairs(beginnings) do
    for n, keys in ipairs(kinds) do
      for s, f in ipairs(stores) do
        log, others = {}, {}
        local t = setmetatable(begin(), meta())
        f(t, keys)
        f(t, keys)
        local line = { m, b, n, s, #log, table.concat(log, " "), "|", order(t), #t }
        for i = 1, #others do
          line[#line + 1] = "|"
          line[#line + 1] = others[i] == getmetatable(t) and "metatable" or order(others[i])
          line[#line + 1] = #others[i]
        end
        print(table.concat(line, " "))
      end
    end
  end
end

-- Objects as keys; in which order they lie is by their addresses.
local keys = { {}, {}, print, coroutine.create(store), newproxy(), io.stdout, {}, store }
for m, meta in ipairs(metatables) do
  log, others = {}, {}
  local t = setmetatable({}, meta())
  for round = 1, 3 do
    for i, k in ipairs(keys) do store(t, k, i) end
  end
  local sum, count = 0, 0
  for k, v in next, t do
    count = count + 1
    sum = sum + (type(v) == "number" and v or 100)
  end
  for i = 1, #others do for k, v in next, others[i] do if type(v) == "number" then sum = sum + v end end end
  print(m, #log, count, m == 4 and "" or sum)
end

-- Lists that grow behind a proxy, and in front of none.
for _, n in ipairs { 1, 2, 3, 5, 8, 9, 16, 17, 100 } do
  local behind = {}
  local t = setmetatable({}, { __newindex = behind })
  for i = 1, n do t[i] = i * 2 end
  for i = 1, n do t[i] = i * 3 end
  t[n + 2] = "beyond"
  print(n, #behind, behind[n], #t, order(behind), order(t))
end

-- Constants as keys.
local function constants(t)
  t[1] = 1 t[2] = 2 t[300] = 3 t[0.5] = 4 t[true] = 5 t[-1] = 6 t[0] = 7 t.name = 8 t[1] = nil t[1] = "again"
end
for m, meta in ipairs(metatables) do
  for b, begin in ipairs(beginnings) do
    log, others = {}, {}
    local t = setmetatable(begin(), meta())
    for round = 1, 3 do constants(t) end
    print(m, b, table.concat(log, " "), order(t), others[1] and others[1] ~= getmetatable(t) and order(others[1]))
  end
end

-- Keys that cannot be, what cannot be called, chains without end, and errors within.
local function try(f, ...)
  local ok, message = pcall(f, ...)
  print(ok, (tostring(message):gsub("0x%x+", "address")))
end
for _, what in ipairs { 12, "text", true, newproxy() } do
  local t = setmetatable({}, { __newindex = what })
  for _, k in ipairs { 1, "k", 0.5, true, {} } do try(store, t, k, 1) end
  try(function() t.field = 1 end)
  print(next(t))
end
for m, meta in ipairs(metatables) do
  log, others = {}, {}
  try(store, setmetatable({}, meta()), nil, 1)
  try(store, setmetatable({}, meta()), 0 / 0, 1)
end
local endless = {}
setmetatable(endless, { __newindex = endless })
for _, k in ipairs { 1, "k", true } do try(store, endless, k, 1) end
try(store, setmetatable({}, { __newindex = function(t, k, v) error("within " .. tostring(k)) end }), 7, 1)
try(store, setmetatable({}, { __newindex = function(t, k, v) local x = nil + k end }), "s", 1)
try(coroutine.wrap(function() store(setmetatable({}, { __newindex = function(t, k) error({}) end }), 1, 1) end))

-- `__newindex` comes, changes and goes between two stores by one instruction; keys are there, go and come again.
local meta = {}
local t, behind = setmetatable({}, meta), {}
log = {}
for step = 1, 24 do
  store(t, step, step) store(t, "k" .. step % 3, step) store(t, step / 2 + 0.25, step)
  if step == 4 then meta.__newindex = note elseif step == 8 then meta.__newindex = behind
  elseif step == 12 then meta.__newindex = nil elseif step == 16 then setmetatable(behind, { __newindex = note }) meta.__newindex = behind
  elseif step == 20 then setmetatable(t, nil) end
end
print(table.concat(log, " "))
print(order(t))
print(order(behind))

-- The collector in the middle of it.
collectgarbage("restart")
do
  local n = 0
  local t = setmetatable({}, { __newindex = function(t, k, v) n = n + 1 if n % 7 == 0 then rawset(t, k, v) end end })
  local behind = {}
  local p = setmetatable({}, { __newindex = behind })
  for i = 1, 20000 do
    t[{}] = {}
    t["s" .. i % 500] = { i }
    p[i % 100 + 0.5] = { i }
    p["s" .. i % 50] = { i }
    if i % 5000 == 0 then collectgarbage() end
  end
  local sum = 0
  for k, v in pairs(behind) do sum = sum + v[1] end
  print(n > 20000, sum)
end

-- One instruction that meets, in turn, objects that have the field, lack it, inherit it, or have it made by a function: whatever it has
-- remembered of the one before must not be seen. So for reads, methods and stores.

local function show(...)
  local out = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    out[i] = (type(v) == "table" or type(v) == "function") and type(v) or tostring(v)
  end
  print(table.concat(out, " "))
end

-- What is met: each with a field `x` of its own kind.
local class = { x = "class", m = function(self, a) return "class.m", a end }
class.__index = class
local base = setmetatable({}, { __index = class })
base.__index = base
local calls = 0
local function one(t) calls = calls + 1 return "one " .. calls end
local function two(t, k) return "two " .. k .. " " .. type(rawget(t, k)) end
local function three(t, k, extra) return "three " .. tostring(extra) end
local function any(...) return "any " .. select("#", ...), "lost" end
local function none() end
local function upvalues() return function() calls = calls + 10 return calls end end

local function objects()
  return {
    { x = "own", m = function(self, a) return "own.m", a end },
    {},
    setmetatable({}, {}),
    setmetatable({}, class),
    setmetatable({ x = "own over class" }, class),
    setmetatable({}, base),
    setmetatable({ a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7 }, class),
    setmetatable({ a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, x = "own among many" }, class),
    setmetatable({}, { __index = one }),
    setmetatable({}, { __index = two }),
    setmetatable({}, { __index = three }),
    setmetatable({}, { __index = any }),
    setmetatable({}, { __index = none }),
    setmetatable({}, { __index = upvalues() }),
    setmetatable({}, { __index = upvalues() }),
    setmetatable({}, { __index = rawget }),
    setmetatable({}, { __index = setmetatable({}, { __index = two }) }),
    setmetatable({}, { __index = setmetatable({}, { __index = any }) }),
    setmetatable({}, { __index = function(t) return t end }),
  }
end

local function read(o) return o.x end
local function method(o, a) return o:m(a) end
local function field_of_method(o) return o.m end

for round = 1, 3 do
  for i, o in ipairs(objects()) do show(round, i, pcall(read, o)) show(round, i, pcall(read, o)) end
end
-- Strings and others in between.
for i, o in ipairs { class, "text", base, 12, setmetatable({}, { __index = one }), true } do show(i, pcall(read, o) and "fine") end
for round = 1, 3 do
  for i, o in ipairs(objects()) do
    if i <= 8 then show(round, i, pcall(method, o, i) and select(2, method(o, i))) end
    show(round, i, type(field_of_method(o)))
  end
end
-- The class changes between two reads by one instruction.
do
  local o = setmetatable({}, class)
  for i = 1, 12 do
    show(i, read(o))
    if i == 2 then class.x = "other" elseif i == 4 then class.x = nil elseif i == 6 then o.x = "own"
    elseif i == 8 then o.x = nil class.x = "class" elseif i == 10 then setmetatable(o, nil) end
  end
  local p = setmetatable({}, { __index = two })
  for i = 1, 12 do
    show(i, read(p))
    if i == 2 then getmetatable(p).__index = three elseif i == 4 then p.x = "own" elseif i == 6 then p.x = nil
    elseif i == 8 then getmetatable(p).__index = class elseif i == 10 then getmetatable(p).__index = nil end
  end
end

-- Stores.
local log = {}
local function note(name) return function(t, k, v) log[#log + 1] = name .. " " .. tostring(k) .. "=" .. tostring(v) end end
local short, wide = function(t) log[#log + 1] = "short " .. type(t) end, function(...) log[#log + 1] = "wide " .. select("#", ...) end
local function targets()
  return {
    {},
    { x = 1 },
    setmetatable({}, {}),
    setmetatable({}, class),
    setmetatable({}, { __newindex = note "a" }),
    setmetatable({}, { __newindex = note "b" }),
    setmetatable({ x = 5 }, { __newindex = note "c" }),
    setmetatable({}, { __newindex = short }),
    setmetatable({}, { __newindex = wide }),
    setmetatable({}, { __newindex = rawset }),
    setmetatable({}, { __newindex = {} }),
    setmetatable({}, { __newindex = setmetatable({}, { __newindex = note "far" }) }),
    setmetatable({ a = 1, b = 2, c = 3, d = 4, e = 5 }, { __newindex = note "many" }),
  }
end
local function store(o, v) o.x = v end
local function clear(o) o.x = nil end
local function constant(o) o.x = "constant" end
for round = 1, 3 do
  for i, o in ipairs(targets()) do
    for n = 1, 3 do store(o, n) constant(o) if n == 2 then clear(o) end end
    show(round, i, rawget(o, "x"), #log, log[#log])
  end
end
do
  local o = setmetatable({}, { __newindex = note "first" })
  for i = 1, 14 do
    store(o, i)
    show(i, rawget(o, "x"), log[#log])
    if i == 3 then getmetatable(o).__newindex = note "second" elseif i == 5 then rawset(o, "x", 0)
    elseif i == 7 then rawset(o, "x", nil) elseif i == 9 then getmetatable(o).__newindex = nil
    elseif i == 11 then o.x = nil getmetatable(o).__newindex = short end
  end
end

-- Errors in them.
local bad = setmetatable({}, { __index = function(t, k) error("no " .. k) end, __newindex = function(t, k) error("not " .. k, 2) end })
for i = 1, 3 do print(pcall(read, bad)) print(pcall(store, bad, i)) end

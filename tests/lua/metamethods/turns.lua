-- Each instruction with one operand after the other: plain tables, tables whose metatables lack the event, have a
-- function, a table, a chain, a builtin, something that cannot be called; first when the key has no place, then when
-- it has one. Errors in a metamethod keep what was done before, and their positions.
local log = {}
local function say(...)
  local t = { ... }
  for i = 1, select("#", ...) do t[i] = tostring(t[i]) end
  log[#log + 1] = table.concat(t, ",")
end
local function flush(title) print(title, table.concat(log, " ")) log = {} end
local function name(t) return rawget(t, "name") end

local target = { name = "target", a = 1, [7] = 2 }
local function handlers(kind)
  local mt = {}
  if kind == "function" then
    mt.__index = function(t, k) say("index", name(t), k) return k, "dropped" end
    mt.__newindex = function(t, k, v, extra) say("newindex", name(t), k, v, extra) return "ignored" end
    mt.__eq = function(a, b) say("eq", name(a), name(b)) return a.name end
    mt.__lt = function(a, b) say("lt", name(a), name(b)) return nil end
    mt.__le = function(a, b) say("le", name(a), name(b)) return 1 end
    mt.__unm = function(a, b) say("unm", name(a), rawequal(a, b)) return "minus", 1 end
    mt.__call = function(self, ...) say("call", name(self), select("#", ...), ...) return select("#", ...), ... end
    mt.__concat = function(a, b) return (type(a) == "table" and name(a) or a) .. "|" .. (type(b) == "table" and name(b) or b) end
  elseif kind == "table" then
    mt.__index, mt.__newindex = target, target
  elseif kind == "chain" then
    local inner = setmetatable({ name = "inner" }, { __index = target, __newindex = target })
    mt.__index, mt.__newindex = inner, inner
  elseif kind == "builtin" then
    mt.__index, mt.__newindex = rawget, rawset
    mt.__eq, mt.__lt, mt.__call = rawequal, rawequal, select
  elseif kind == "wrong" then
    mt.__index, mt.__newindex, mt.__call, mt.__eq, mt.__lt, mt.__unm = 1, true, {}, 2, 3, {}
  end
  return mt
end

local kinds = { "plain", "empty", "function", "table", "chain", "builtin", "wrong" }
local function make(kind)
  local t = { name = kind }
  return kind == "plain" and t or setmetatable(t, handlers(kind))
end

local function try(f, ...)
  local ok, result, second = pcall(f, ...)
  say(ok and tostring(result) or "!" .. tostring(result):gsub("table: %S+", "table"), second)
end

local function get(t) return t.a end
local function get_by(t, k) return t[k] end
local function set(t, v) t.a = v end
local function set_by(t, k, v) t[k] = v end
local function set_one(t, v) t[1] = v end
local function less(a, b) return a < b end
local function less_equal(a, b) return a <= b end
local function equal(a, b) if a == b then return "equal" else return "not" end end
local function minus(a) return -a end
local function call(f, ...) return f(1, ...) end
local function call_fixed(f) local a, b, c = f("x", nil) return a, b end
local function tail(f, ...) return f(...) end

for round = 1, 2 do
  for _, kind in ipairs(kinds) do
    local t, u = make(kind), make(kind)
    setmetatable(u, getmetatable(t))
    for pass = 1, 3 do
      try(get, t) try(get_by, t, "a") try(get_by, t, 7) try(get_by, t, 2.5) try(get_by, t, 0) try(get_by, t, true)
      try(set, t, pass) try(set_by, t, "b", pass) try(set_by, t, 7, pass) try(set_by, t, 0.5, pass) try(set_one, t, pass)
      try(set_by, t, false, pass) try(set_by, t, nil, pass) try(set_by, t, 0 / 0, pass)
      say(rawget(t, "a"), rawget(t, "b"), rawget(t, 7), rawget(t, 0.5), rawget(t, 1), rawget(target, "b"))
      if pass == 2 then
        for _, key in ipairs{ "a", "b", 7, 0.5, 1 } do rawset(t, key, nil) end
      end
    end
    flush(kind .. " access")
    try(less, t, u) try(less_equal, t, u) try(equal, t, u) try(equal, t, t) try(less, t, 1) try(less, "x", t)
    try(less, t, target) try(minus, t) try(call, t, 2, nil) try(call_fixed, t) try(tail, t, 3) try(call, t)
    flush(kind .. " operators")
  end
end

-- Two types of metatables under one instruction: equal functions count, whoever has them.
local shared = function(a, b) return true end
local one, two = setmetatable({}, { __eq = shared, __lt = shared }), setmetatable({}, { __eq = shared, __lt = shared })
local three = setmetatable({}, { __eq = function() return true end })
print(one == two, one == three, three == one, one ~= two, pcall(less, one, two), pcall(less, one, three))
print(less_equal(one, two), less("a", "b"), less("b", "a"), less("", "a"), less("a\0b", "a\0c"), less_equal("a", "a"))

-- `not (b < a)` for want of a `__le`.
local reverse = setmetatable({}, { __lt = function(a, b) return a.n < b.n end })
local mt = { __lt = function(a, b) return rawget(a, "n") < rawget(b, "n") end }
local x, y = setmetatable({ n = 1 }, mt), setmetatable({ n = 2 }, mt)
print(x <= y, y <= x, x < y, y < x, x >= y, x > y, not (x <= y), not (x < y))
local count = 0
while x <= y do x.n = x.n + 1 count = count + 1 end
print(count, x.n)

-- An error inside a metamethod: the lines of both.
local bad = setmetatable({}, {
  __newindex = function(t, k, v) error("new " .. k) end,
  __index = function(t, k) local z = nil; return z.field end,
  __lt = function() error({}) end,
  __call = function(self, a) return a + nil end,
})
rawset(bad, "known", nil)
print(pcall(function() bad.known = 1 end))
print(pcall(function() return bad.known end))
print(type(select(2, pcall(less, bad, bad))))
print(pcall(function() return (bad(1)) end))
print((debug.traceback("trace", 1):gsub("\n.*", "")))
print(pcall(function() setmetatable({}, { __index = function(t) error(debug.traceback("in")) end }).x = nil return setmetatable({}, { __index = function(t) error((debug.traceback("in"):gsub("%[C%].*", ""))) end }).x end))

-- A global that the environment inherits, present, absent, and hidden later.
local env = setmetatable({}, { __index = _G })
local function inherits() return tostring, missing end
setfenv(inherits, env)
print(inherits() == tostring, (select(2, inherits())))
env.tostring, _G.missing = "own", "found"
print(inherits())
env.tostring, _G.missing = nil, nil
print(inherits() == tostring, (select(2, inherits())))

-- Objects that get their fields one by one.
local Class = {}
Class.__index = Class
for i = 1, 3 do
  local o = setmetatable({}, Class)
  o.x, o.y, o.z, o[1], o[2], o["k" .. i], o[-i] = 1, 2, 3, 4, 5, 6, 7
  local keys = {}
  for k, v in pairs(o) do keys[#keys + 1] = tostring(k) .. "=" .. tostring(v) end
  print(table.concat(keys, " "))
end

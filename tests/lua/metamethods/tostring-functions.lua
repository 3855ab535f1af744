-- `tostring` of objects whose `__tostring` is a Lua function, in loops that make it hot: results of any kind and number, other
-- arguments, errors, coroutines, hooks, debug information.

local M = {}
M.__tostring = function(o) return "<" .. o.name .. ">" end
local o = setmetatable({ name = "bob" }, M)

local function repeated(f, ...)
  local last
  for i = 1, 200 do last = f(...) end
  return last
end

-- The result is passed on as it is, and is always one.
print(repeated(function() return tostring(o) end))
print(repeated(function() local a, b, c = tostring(o) return tostring(a) .. tostring(b) .. tostring(c) end))
print(repeated(function() return select("#", tostring(o)) end))
print(repeated(function() tostring(o) return "dropped" end))
print(repeated(function() return (tostring(o, 1, 2)) end))
print(repeated(function() local t = { tostring(o), tostring(o) } return #t .. t[2] end))
for _, result in ipairs { 1.5, true, M } do
  local p = setmetatable({}, { __tostring = function() return result, "second" end })
  print(repeated(function() return select("#", tostring(p)) end), repeated(function() return tostring(p) == result end))
end
local none = setmetatable({}, { __tostring = function() end })
print(repeated(function() return select("#", tostring(none)) end), repeated(function() return (tostring(none)) end))

-- Parameters: none, more than one, varargs.
for _, f in ipairs {
  function() return "none" end,
  function(a, b, c) return tostring(a == o) .. tostring(b) .. tostring(c) end,
  function(...) return select("#", ...) .. " arguments" end,
} do
  M.__tostring = f
  print(repeated(function() return tostring(o) end))
end

-- A function that another one is called by, and a closure whose variable is open.
M.__tostring = function(p) local n = p.name local function up() return n end return up() .. #n end
print(repeated(function() return tostring(o) end))
M.__tostring = function(p) return (p.name:upper()) end
print(repeated(function() return tostring(o) end))

-- Objects inside objects.
local L = {}
L.__tostring = function(l)
  local b = {}
  for i, v in ipairs(l) do b[i] = tostring(v) end
  return "{" .. table.concat(b, ",") .. "}"
end
local deep = setmetatable({ 1 }, L)
for i = 1, 30 do deep = setmetatable({ deep, i }, L) end
print(repeated(function() return tostring(deep) end))

-- Userdata.
local u = newproxy(true)
getmetatable(u).__tostring = function(v) return "userdata " .. tostring(v == u) end
print(repeated(function() return tostring(u) end))

-- Errors pass through, and what was waiting is as before.
M.__tostring = function(p) error("no text for " .. p.name) end
local function failing() return tostring(o) end
print(repeated(function() return select(2, pcall(failing)) end))
M.__tostring = function(p) error({ 1 }) end
print(repeated(function() return type(select(2, pcall(failing))) end))
M.__tostring = function(p) return p.name.x.y end
print(repeated(function() return select(2, pcall(failing)) end))
M.__tostring = function(p) return tostring(p) end
print((select(2, pcall(failing)):gsub("^.*:%d+: ", "")))
local left = setmetatable({}, L)
print(repeated(function() return tostring(left) end))

-- Coroutines inside.
M.__tostring = function(p) return coroutine.wrap(function() coroutine.yield("from inside") end)() end
print(repeated(function() return tostring(o) end))

-- Who called.
M.__tostring = function(p)
  local here, caller = debug.getinfo(1, "nSl"), debug.getinfo(2, "nS")
  return table.concat({ tostring(here.name), here.namewhat, here.what, tostring(caller.name), caller.what }, " ")
end
print(repeated(function() local s = tostring(o) return s end))
M.__tostring = function(p) return (debug.traceback("trace"):gsub("0x%x+", "")) end
print(repeated(function() local s = tostring(o) return s end))
M.__tostring = function(p)
  local names = {}
  for i = 1, 3 do
    local name, value = debug.getlocal(2, i)
    names[i] = tostring(name) .. "=" .. type(value)
  end
  return table.concat(names, " ")
end
print(repeated(function() local s = tostring(o) return s end))

-- A hook that is set inside, and one that was set before.
local events
local function note(event) events[#events + 1] = event end
M.__tostring = function(p) debug.sethook(note, "cr") return "hooked" end
local function hooked() local s = tostring(o) debug.sethook() return s end
print(repeated(function() events = {} return hooked() .. " " .. table.concat(events, " ") end))
M.__tostring = function(p) return "seen" end
local function seen() debug.sethook(note, "cr") local s = tostring(o) debug.sethook() return s end
print(repeated(function() events = {} return seen() .. " " .. table.concat(events, " ") end))

-- The method changes, and goes.
M.__tostring = function() M.__tostring = nil return "first" end
print(tostring(o), (tostring(o):gsub("0x%x+", "")))
M.__tostring = "text"
print(pcall(tostring, o))
M.__tostring = setmetatable({}, { __call = function(_, p) return "called with " .. p.name end })
print(repeated(function() return tostring(o) end))
M.__tostring = type
print(repeated(function() return tostring(o) end))

-- Garbage is collected while it runs.
M.__tostring = function(p) local t = {} for i = 1, 50 do t[i] = { i, tostring(i) .. "x" } end return "made " .. #t end
for i = 1, 400 do assert(tostring(o) == "made 50") end
print(tostring(o))

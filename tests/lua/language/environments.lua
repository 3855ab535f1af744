-- Environments: _G, setfenv, getfenv at every kind of level, inheritance by closures and loaded chunks.
local T = dofile("support/show.lua")
assert(_G._G == _G and getfenv() == _G and getfenv(1) == _G and getfenv(0) == _G)
x = 1
local function getx() return x end
setfenv(getx, { x = "own" })
print(getx(), x)
local function setit() newglobal = 5 end
local env = {}
setfenv(setit, env) setit()
print(env.newglobal, newglobal)
assert(setfenv(getx, _G) == getx)
-- closures inherit the environment at creation
local f = loadstring("function inner() return y end y = 'global y' local function l() return y end return l, inner")
local e = setmetatable({}, { __index = _G })
setfenv(f, e)
local l, inner = f()
print(l(), inner(), e.y, y, e.inner == inner, rawget(_G, "inner"))
setfenv(f, {}) print(l(), inner())
-- level 1: the caller itself
local function change() local e = { print = print, T = T, getfenv = getfenv, tostring = tostring } setfenv(1, e) z = "in e" return e.z, z end
print(change()) print(z)
-- level 2: the caller's caller
local function sandbox() setfenv(2, setmetatable({ who = "level 2" }, { __index = _G })) end
local function user() sandbox() return who end
print(user(), who)
local function lev(n) return getfenv(n) end
assert(lev(1) == _G and lev(2) == _G)
T.try("level -1", getfenv, -1) T.try("level 100", getfenv, 100) T.try("string", getfenv, "x") T.try("table", getfenv, {}) T.try("nil", getfenv, nil) T.try("frac", getfenv, 1.5)
T.try("set C", setfenv, print, {}) T.try("set none", setfenv) T.try("set no table", setfenv, 1) T.try("set 5", setfenv, 1, 5) T.try("set level 100", setfenv, 100, {}) T.try("set -1", setfenv, -1, {}) T.try("set {}", setfenv, {}, {})
T.try("set string", setfenv, "x", {}) T.try("set getfenv", setfenv, getfenv, {})
assert(getfenv(print) == _G)
T.show("numeric string", pcall(getfenv, "1"))
-- a thread's environment: level 0
local co = coroutine.create(function() setfenv(0, { marker = "thread" }) local f = loadstring("return marker") return f() end)
print(coroutine.resume(co)) print(marker)
assert(getfenv(0) == _G)
print(debug.getfenv(co).marker, debug.setfenv(co, { marker = 2 }) == co, debug.getfenv(co).marker)
-- loadstring uses the thread's globals, not the caller's environment
local function ld() setfenv(1, { loadstring = loadstring }) return loadstring("return print ~= nil")() end
print(ld())
-- __fenv
local p = setmetatable({}, { __fenv = "unused" })
local fn = function() end setfenv(fn, p) assert(getfenv(fn) == p)
local protected = setmetatable({}, { __metatable = "locked" }) setfenv(fn, protected) assert(getfenv(fn) == protected)
-- metatables on the globals: strict mode
local strict = setmetatable({}, { __index = function(_, n) error("undefined variable " .. n, 2) end, __newindex = function(t, n, v) rawset(t, n, v) end })
local g = loadstring("a = 1; local b = a; return undefinedname", "=strict") setfenv(g, strict) T.try("strict", g)
-- a global function keeps its environment across modules
do
  local env = setmetatable({}, { __index = _G })
  local chunk = loadstring([[
    count = 0
    function inc() count = count + 1 return count end
    function make() return function() return inc() end end
  ]])
  setfenv(chunk, env)()
  local m = env.make()
  print(m(), m(), env.count, count)
end
setfenv(2 - 1, setmetatable({}, { __index = _G }))
afterwards = "in the new environment"
print(afterwards, rawget(getfenv(0), "afterwards"), getfenv(1) == getfenv(0))

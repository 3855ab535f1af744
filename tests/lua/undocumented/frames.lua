-- Frames: tail calls in getinfo and tracebacks, where a traceback is cut, the names of functions in one, levels of
-- getfenv and setfenv, `arg` in vararg functions.
local eq = dofile("support/eq.lua")

-- a tail call leaves a level of its own: no function, no line, what = "tail"
local info
local function callee() info = debug.getinfo(2) return 1 end
local function tail() return callee() end
tail()
eq(info.what .. "/" .. info.short_src .. "/" .. info.source .. "/" .. info.currentline .. "/" .. info.linedefined .. "/" .. info.namewhat .. "/" .. info.nups,
  "tail/(tail call)/=(tail call)/-1/-1//0")
eq(info.func, nil)
-- every frame that was given up has its own
local levels
local function count() levels = 0 while debug.getinfo(levels + 2) do levels = levels + 1 end return levels end
local function direct() local n = count() return n end
local function loop(n) if n == 0 then local c = count() return c end return loop(n - 1) end
local base = direct()
eq(loop(0) - base, 0)
eq(loop(5) - base, 5)
-- a level of a tail call has no locals and no environment
local function environment() local ok, m = pcall(getfenv, 4) return ok, m end
local function lost() local ok, m = environment() return ok, m end
local ok, m = (function() return lost() end)()
eq(tostring(ok) .. " " .. tostring(m), "false no function environment for tail call at level 4")

-- a traceback: the message, then each level; a deep one is cut after level 11 and goes on with the last 10
local function deep(n) if n == 0 then return (debug.traceback("deep")) end local t = deep(n - 1) return t end
local trace = deep(40)
local lines = {}
for line in trace:gmatch("[^\n]+") do lines[#lines + 1] = line end
eq(lines[1], "deep")
eq(lines[2], "stack traceback:")
eq(#lines, 2 + 11 + 1 + 10)
eq(lines[14], "\t...")
eq(lines[#lines], "\t[C]: ?")
eq((lines[3]:gsub("%d+", "N")), "\tundocumented/frames.lua:N: in function 'deep'")
-- 22 lines of levels are written whole
local function whole(n) local t = select(2, deep(n):gsub("\n\t", "")) return t end
local most = 0
for n = 1, 40 do if not deep(n):find("\n\t%.%.%.") then most = whole(n) end end
eq(most, 22)
-- names: global and method, field, local, upvalue; without a name the place of definition; main chunk; C function
local function texts(t) return (t:gsub("\n\t", " | "):gsub("undocumented/frames", "F")) end
local up = function() return (debug.traceback("t")) end
local t = { field = function() local x = up() return x end }
function t:method() local x = self.field() return x end
function globalname() local x = t:method() return x end
local l = function() local x = globalname() return x end
eq((texts((function() local x = l() return x end)()):gsub(":%d+", "")), 
  "t\nstack traceback: | F.lua: in function 'up' | F.lua: in function 'field' | F.lua: in function 'method'"
  .. " | F.lua: in function 'globalname' | F.lua: in function 'l' | F.lua: in function <F.lua> | F.lua: in main chunk | [C]: ?")
-- a message that is not a string is given back untouched, also nil; a number becomes text
local value = {}
assert(debug.traceback(value) == value)
assert(debug.traceback(nil) == nil and debug.traceback():match("^stack traceback:\n"))
assert(debug.traceback(5):match("^5\nstack traceback:\n"))
assert(debug.traceback("m", 100) == "m\nstack traceback:")
-- the level beyond the stack, and of a coroutine
local co = coroutine.create(function() local x coroutine.yield() end)
assert(debug.traceback(co) == "stack traceback:")
coroutine.resume(co)
eq((texts(debug.traceback(co)):gsub(":%d+", "")), "stack traceback: | [C]: in function 'yield' | F.lua: in function <F.lua>")

-- levels of getfenv and setfenv: 0 is the thread, 1 the caller, and a function's own closures share nothing later
eq(getfenv(0), _G)
eq(getfenv(1), _G)
eq(getfenv(print), _G)
eq(getfenv(), _G)
eq(select(2, pcall(getfenv, 1000)), "bad argument #1 to '?' (invalid level)")
eq(select(2, pcall(getfenv, -1)), "bad argument #1 to '?' (level must be non-negative)")
eq(select(2, pcall(setfenv, print, {})), "'setfenv' cannot change environment of given object")
eq(select("#", setfenv(0, getfenv(0))), 0)
local function self() return setfenv(1, getfenv(1)) end
eq(type(self()), "function")
do
  local inner
  local f = setfenv(function() inner = function() return who end return inner() end, { who = "first" })
  eq(f(), "first")
  setfenv(f, { who = "second" })
  eq(inner(), "first")
end
eq(getfenv(coroutine.wrap), _G)

-- `arg` in a vararg function: there when the body does not say `...`, else nil; a parameter named arg wins
local function old(...) return arg.n, arg[1], arg[3] end
eq(table.concat({ old(1, nil, 3) }, " ", 1, 1), "3")
eq(select(3, old(1, nil, 3)), 3)
local function new(...) local a = ... return arg end
eq(new(1), nil)
local function nested(...) return (function() return arg end)() end
eq(type(nested(1)), "table")
eq(nested(1).n, 1)
local function inner(...) return arg.n, (function(...) return select("#", ...) end)(1, 2) end
eq(inner(1, 2, 3), 3)
eq(debug.getlocal(1, 1) ~= nil, true)
-- a main chunk has none: there `arg` is the global
eq(loadstring("return arg")(1), rawget(_G, "arg"))
eq(loadstring("local a = ... return arg")(1), rawget(_G, "arg"))

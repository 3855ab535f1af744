-- `return f(...)` where f is a native function: its results, its errors with their positions, yields, hooks, tracebacks.
local function show(...) print(select("#", ...), ...) end

local function byte(s, i, j) return string.byte(s, i, j) end
show(byte("abc")) show(byte("abc", 2)) show(byte("abc", 1, -1)) show(byte("", 1)) show((byte("abc", 1, 3)))
local function part(s, i, j) return s:sub(i, j) end
show(part("hello", 2, 3)) show(part("hello", 9))
local function several(...) return unpack({ ... }) end
show(several()) show(several(1)) show(several(1, nil, 3, nil))
local function open(...) return select(2, ...) end
show(open("a", "b", "c"))
local function nothing(...) return table.insert(...) end
local list = { 1 }
show(nothing(list, 2)) show(nothing(list, 1, 0)) show(unpack(list))
local function pair(t, k) return next(t, k) end
show(pair({ 5 })) show(pair({ 5 }, 1)) show(pair({}))
local function kind(v) return type(v) end
show(kind()  == nil, kind(nil), kind(print)) show(kind({}))
local function floor(x) return math.floor(x) end
show(floor(2.5)) show(floor("7.9"))
local function larger(...) return math.max(...) end
show(larger(3, 9, 2))
local function caught(f, ...) return pcall(f, ...) end
show(caught(function(...) return ... end, 1, 2, 3)) show(caught(error, "e")) show(caught(error)) show(caught(caught, error, "in"))
local function handled(f) return xpcall(f, function(e) return "<" .. tostring(e) .. ">" end) end
show(handled(function() local x = nil + 1 end))
local function meta(t) return setmetatable(t, { __index = function(_, k) return k .. "!" end }) end
show(meta({}).x, getmetatable(meta({})) ~= nil)
local function formatted(...) return string.format(...) end
show(formatted("%d-%s", 4, "x"))
local function text(v) return tostring(v) end
show(text(12), text(nil)) show(text(setmetatable({}, { __tostring = function() return "T" end })))
local function replaced(s) return s:gsub("%w+", function(w) return w:upper() end) end
show(replaced("a bc d"))
local function sorted(t) return table.sort(t, function(a, b) return a > b end) end
show(sorted({ 3, 1, 2 }))

-- Errors say where the tail call stands.
show(pcall(function() return string.rep() end))
show(pcall(function() return ("x"):bad() end))
show(pcall(function() return math.floor({}) end))
show(pcall(function() return setmetatable(1, 2) end))
show(pcall(function() return next({}, "no") end))
show(pcall(function() return error("level", 1) end))
show(pcall(function() return error("level", 2) end))
show(pcall(function() return unpack({}, 1, 1e8) end))
local function deep() return debug.traceback("here") end
print((deep():gsub("\n[^\n]*%[C%]: %?$", "")))
local function at_level(...) return debug.getinfo(...) end
local info = at_level(1, "Sln")
print(info.what, info.currentline, info.short_src ~= nil, info.name)

-- Coroutines: a yield, a resume, a wrapped function that are the last call.
local co = coroutine.wrap(function(...)
  local function give(...) return coroutine.yield(...) end
  show("resumed", give(1, 2)) show("resumed", give()) show("resumed", (give(3)))
  return coroutine.yield("last")
end)
show(co()) show(co("a", "b")) show(co()) show(co("c", "d")) show(co("end"))
local function resume(c, ...) return coroutine.resume(c, ...) end
local c = coroutine.create(function(...) local x = coroutine.yield(...) error("dies " .. tostring(x)) end)
show(resume(c, 1, 2)) show(resume(c, "y")) show(resume(c)) show(coroutine.status(c))
local gen = coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end)
local function again() return gen() end
show(again()) show(again()) show(again()) show(pcall(again))

-- Hooks see a call and a return for the native function, and none of a tail call.
local events = {}
debug.sethook(function(event) events[#events + 1] = event .. ":" .. tostring(debug.getinfo(2, "S").what) end, "cr")
byte("abc", 1)
debug.sethook()
print(table.concat(events, " "))

-- In loops, with many arguments, as the value of a condition, through `__call`.
local sum = 0
local function add(a, b) return math.max(a, b) + 0, a end
for i = 1, 300 do local function last() return math.max(i, 5) end sum = sum + last() + (byte("z")) end
print(sum)
local function many(...) return select("#", ...) end
print(many(unpack({}, 1, 200)), many())
local callable = setmetatable({}, { __call = string.rep })
show(pcall(function() return callable("x", 3) end))
callable = setmetatable({}, { __call = function(self, a) return type(self), a end })
show((function() return callable(9) end)())

-- Coroutines, errors and the collector: what crosses a C call, statuses, error in error handling, stack overflow,
-- results of collectgarbage, finalizers.
local eq = dofile("support/eq.lua")

-- the states' messages
local function text(...) return table.concat({ tostring((...)), tostring((select(2, ...))) }, " ") end
local dead = coroutine.create(function() end)
coroutine.resume(dead)
eq(text(coroutine.resume(dead)), "false cannot resume dead coroutine")
eq(text(coroutine.resume(coroutine.create(function() return coroutine.resume(coroutine.running()) end))), "true false")
local self
self = coroutine.create(function() return select(2, coroutine.resume(self)) end)
eq(select(2, coroutine.resume(self)), "cannot resume running coroutine")
local outer
outer = coroutine.create(function()
  local inner = coroutine.create(function() return select(2, coroutine.resume(outer)), coroutine.status(outer) end)
  return select(2, coroutine.resume(inner))
end)
eq(select(2, coroutine.resume(outer)), "cannot resume normal coroutine")
eq(select(2, pcall(coroutine.yield)), "attempt to yield across metamethod/C-call boundary")
eq(coroutine.running(), nil)
eq(select(2, pcall(coroutine.create, print)), "bad argument #1 to '?' (Lua function expected)")
eq(select(2, pcall(coroutine.wrap, nil)), "bad argument #1 to '?' (Lua function expected)")
eq(coroutine.status(coroutine.create(function() end)), "suspended")
-- a coroutine that failed keeps its stack for tracebacks; it is dead
local failed = coroutine.create(function() local x = nil + 1 end)
coroutine.resume(failed)
eq(coroutine.status(failed), "dead")
eq(debug.traceback(failed):find("in function <", 1, true) ~= nil, true)
-- yield and resume pass every value, also none
eq(select("#", coroutine.resume(coroutine.create(function(...) return ... end), nil, nil)), 3)

-- the error value may be anything; without one it is nil; a number becomes text only with a position added to it
eq(select("#", pcall(error)), 2)
eq(select(2, pcall(error, nil)), nil)
eq(select(2, pcall(error, 5, 0)), 5)
eq(type(select(2, pcall(function() error(5) end))), "string")
eq(select(2, pcall(function() error(5) end)):match(": 5$"), ": 5")
eq(select(2, pcall(error, "x", 100)), "x")
-- xpcall gives its function no argument and drops further ones; the handler's first result is the value
eq(select(2, xpcall(function(...) return select("#", ...) end, print, 1, 2)), 0)
eq(select("#", xpcall(error, function() return 1, 2 end)), 2)
-- an error in the handler ends with this text, whatever the error was
eq(select(2, xpcall(error, function() error("again") end)), "error in error handling")
eq(select(2, xpcall(error, function() local x = nil + 1 end)), "error in error handling")
-- at a stack overflow the handler has some room left; the message is cut at that of the error
local function inf(n) return 1 + inf(n + 1) end
eq((select(2, pcall(inf, 1)):gsub("^.-: ", ""):gsub("\n.*", "")), "stack overflow")
eq(select(2, xpcall(function() return inf(1) end, function(m) return "handled " .. (m:gsub("^.-: ", ""):gsub("\n.*", "")) end)), "handled stack overflow")
eq((select(2, xpcall(function() return inf(1) end, function(m) return inf(1) end))), "error in error handling")
eq(pcall(inf, 1), false)
-- a message is given the position of the level; from C or a level that is not there it has none
eq(select(2, pcall(loadstring("error('m', 1)", "=c"))), "c:1: m")
eq(select(2, pcall(loadstring("error('m', 2)", "=c"))), "m")
eq(select(2, pcall(loadstring("local function f() error('m', 2) end\nf()", "=c"))), "c:2: m")
-- assert passes all its arguments on; its message must be text
eq(select("#", assert(1, 2, 3)), 3)
eq(select(2, pcall(assert, false, "m", 3)), "m")
eq(select(2, pcall(assert, nil)), "assertion failed!")
eq(select(2, pcall(assert, false, 5)), "5")

-- load: the reader's results are joined until nil or ""; other types are an error of load, not of the chunk
local function reader(...) local parts, i = { ... }, 0 return function() i = i + 1 return parts[i] end end
eq(load(reader("return ", "5"))(), 5)
eq(select(2, pcall(function() return (select(2, load(reader("return", {}))):gsub("^.-: ", "")) end)), "reader function must return a string")
-- ... which the handler of the xpcall around load gets to see, though load catches it; a syntax error it does not see
local handled = {}
local function handler(m) handled[#handled + 1] = m return "handled" end
eq(select(3, xpcall(function() return load(function() error("in reader", 0) end) end, handler)), "handled")
eq(handled[1], "in reader")
eq(select(3, xpcall(function() return loadstring("x =") end, handler)), '[string "x ="]:1: unexpected symbol near \'<eof>\'')
eq(#handled, 1)
eq(load(reader("return 7 ", "", "garbage ("))(), 7)
eq(select(2, load(reader("x ="), "=name")), "name:1: unexpected symbol near '<eof>'")
eq(select(2, load(reader("x ="))), "(load):1: unexpected symbol near '<eof>'")
eq(select(2, loadstring("x =")), '[string "x ="]:1: unexpected symbol near \'<eof>\'')
eq(select(2, loadstring("x =\n")), '[string "x =..."]:2: unexpected symbol near \'<eof>\'')
eq(select(2, loadfile("/no/such/file")), "cannot open /no/such/file: No such file or directory")
eq(select(2, pcall(dofile, "/no/such/file")), "cannot open /no/such/file: No such file or directory")

-- collectgarbage: what each option returns
eq(collectgarbage(), 0)
eq(collectgarbage("stop"), 0)
eq(collectgarbage("restart"), 0)
eq(type(collectgarbage("step")), "boolean")
eq(collectgarbage("step", 1e6), true)
eq(collectgarbage("setpause", 150), 200)
eq(collectgarbage("setpause", 200), 150)
eq(collectgarbage("setstepmul", 300), 200)
eq(collectgarbage("setstepmul", 200), 300)
eq(collectgarbage("count") % 1 ~= 0 or collectgarbage("count") > 0, true)
eq(select("#", collectgarbage("count")), 1)
eq(gcinfo() <= collectgarbage("count"), true)
eq(select(2, pcall(collectgarbage, "none")), "bad argument #1 to '?' (invalid option 'none')")
-- finalizers: of userdata only, in reverse order of their making; an error in one is that of who collected; a userdata
-- is finalized once; a table's weak values that are strings stay
do
  local function stop() collectgarbage() collectgarbage("stop") end -- it runs only when told
  stop()
  local order = {}
  for i = 1, 3 do local u = newproxy(true) getmetatable(u).__gc = function() order[#order + 1] = i end end
  stop()
  eq(table.concat(order, " "), "3 2 1")
  local u = newproxy(true)
  getmetatable(u).__gc = function() error("in gc", 0) end
  u = nil
  eq(select(2, pcall(stop)), "in gc")
  local weak = setmetatable({}, { __mode = "v" })
  weak[1] = "text" .. 1
  weak[2] = {}
  stop()
  eq(weak[1], "text1")
  eq(weak[2], nil)
  -- a userdata leaves weak values before its finalizer runs, weak keys after it
  local values, keys, seen = setmetatable({}, { __mode = "v" }), setmetatable({}, { __mode = "k" }), nil
  local p = newproxy(true)
  values[1], keys[p] = p, "here"
  getmetatable(p).__gc = function(o) seen = tostring(values[1]) .. " " .. tostring(keys[o]) end
  p = nil
  stop()
  eq(seen, "nil here")
  stop()
  eq(next(keys), nil)
  collectgarbage("restart")
end
-- newproxy: false has no metatable, true a fresh one, a proxy that proxy's
do
  local a = newproxy(true)
  eq(getmetatable(newproxy()), nil)
  eq(getmetatable(newproxy(a)), getmetatable(a))
  eq(select(2, pcall(newproxy, {})), "bad argument #1 to '?' (boolean or proxy expected)")
end

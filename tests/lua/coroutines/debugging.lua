-- Coroutines seen from outside: tracebacks, getinfo, locals in each state; collection of suspended coroutines.
local T = dofile("support/show.lua")
local co = coroutine.create(function(a) local b = a + 1 local function inner(c) local d = c coroutine.yield(d) error("inner error") end inner(b) end)
print(debug.traceback(co)) coroutine.resume(co, 10) print(debug.traceback(co)) print(debug.traceback(co, "with message")) print(debug.traceback(co, "level 1", 1)) print(debug.getlocal(co, 1, 1)) print(debug.getlocal(co, 1, 2)) print(debug.getlocal(co, 2, 2)) print(coroutine.resume(co)) print(debug.traceback(co)) print(debug.getlocal(co, 1, 1))
local done = coroutine.create(function() return 1 end) coroutine.resume(done) print(debug.traceback(done)) print(debug.getinfo(done, 0))
local running running = coroutine.create(function() print(debug.traceback("inside")) print(debug.traceback(running, "self")) end) coroutine.resume(running)
local function lines(co) local i = debug.getinfo(co, 1, "l") return i and i.currentline end
local stepper = coroutine.create(function()
  coroutine.yield()

  coroutine.yield() coroutine.yield(

  )
end)
for i = 1, 4 do print(coroutine.resume(stepper), lines(stepper)) end
print(coroutine.status(stepper), coroutine.resume(stepper))
-- suspended coroutines are collected; their contents too
local weak = setmetatable({}, { __mode = "k" }) local collected = 0 for i = 1, 50 do local c = coroutine.create(function() local big = { i } local p = newproxy(true) getmetatable(p).__gc = function() collected = collected + 1 end coroutine.yield(big) end) coroutine.resume(c) weak[c] = true end collectgarbage() collectgarbage() local left = 0 for _ in pairs(weak) do left = left + 1 end print(left, collected)
-- a coroutine that refers to itself is collected
do local c c = coroutine.create(function() local me = c coroutine.yield() end) coroutine.resume(c) weak[c] = true end collectgarbage() print(next(weak))
-- hooks inside coroutines, environments of coroutines
local env = setmetatable({}, { __index = _G }) local ec = coroutine.create(setfenv(function() x_in_env = 1 coroutine.yield() return x_in_env end, env)) coroutine.resume(ec) print(env.x_in_env, rawget(_G, "x_in_env")) print(coroutine.resume(ec)) print(debug.getfenv(ec) == _G)

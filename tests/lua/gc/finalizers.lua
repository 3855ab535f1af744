-- __gc of userdata (newproxy): order, arguments, errors, resurrection, at exit, allocation inside, metatables changed.
-- The collector is stopped while objects are made, so that one collection finds them all together.
local function full() collectgarbage() collectgarbage() collectgarbage("stop") end
collectgarbage("stop")
local log = {} local function fin(name) local u = newproxy(true) getmetatable(u).__gc = function(o) log[#log + 1] = name assert(type(o) == "userdata") end return u end
local function show(label) print(label, table.concat(log, " ")) log = {} end
do local a, b, c = fin "first", fin "second", fin "third" end full() show("reverse order of creation:") for i = 1, 10 do fin(i) end full() show("ten:")
local keep = fin "kept" full() show("kept:") keep = nil full() show("released:") do local a, b = fin "a", fin "b" getmetatable(a).other, getmetatable(b).other = b, a end full() show("cycle:")
-- errors in finalizers surface at the collection that calls them
do local u = newproxy(true) getmetatable(u).__gc = function() error("in finalizer") end end print(pcall(collectgarbage)) full() do local u = newproxy(true) getmetatable(u).__gc = function() error({ "table" }) end end local ok, e = pcall(collectgarbage) print(ok, type(e)) full() do local u = newproxy(true) getmetatable(u).__gc = 5 end print(pcall(full)) do local u = newproxy(true) getmetatable(u).__gc = setmetatable({}, { __call = function() log[#log + 1] = "callable" end }) end print(pcall(full)) show("callable:")
-- resurrection: once finalized, not again
local saved do local u = newproxy(true) getmetatable(u).__gc = function(o) saved = o log[#log + 1] = "resurrected" end getmetatable(u).field = "still usable" end full() show("one:") print(type(saved), getmetatable(saved).field) saved = nil full() show("not again:")
-- finalizers that allocate, collect, create finalizable objects, call Lua and coroutines
do local u = newproxy(true) getmetatable(u).__gc = function() for i = 1, 1000 do local t = { i } end full() log[#log + 1] = "collected inside" fin "made inside" log[#log + 1] = coroutine.wrap(function() coroutine.yield("from coroutine") end)() end end full() show("inside:") full() show("then:")
-- shared metatables: newproxy(u) copies the metatable; __gc set after creation is too late only for those marked before
local proto = newproxy(true) local mt = getmetatable(proto) mt.__gc = function() log[#log + 1] = "shared" end do local x, y = newproxy(proto), newproxy(proto) end full() show("shared:") local late = newproxy(true) getmetatable(late).__gc = function() log[#log + 1] = "late" end late = nil full() show("late:") do local u = newproxy(true) getmetatable(u).__gc = function() log[#log + 1] = "x" end debug.setmetatable(u, nil) end full() show("metatable removed:") setmetatable({}, { __gc = function() log[#log + 1] = "table" end }) full() show("tables have no finalizer in 5.1:")
do local u = newproxy(true) getmetatable(u).__gc = function(...) log[#log + 1] = select("#", ...) end end full() show("arguments:") do local u = newproxy(true) local m = getmetatable(u) m.__gc = function(o) log[#log + 1] = tostring(getmetatable(o) == m) .. type(m.__index) end end full() show("metatable in it:") do local u = newproxy(true) getmetatable(u).__gc = false end print(pcall(full))
-- environment and upvalues stay alive for the finalizer
do local big = { "payload" } local u = newproxy(true) getmetatable(u).__gc = function() log[#log + 1] = big[1] end end full() show("upvalue:") local e = setmetatable({}, { __mode = "k" }) do local u = newproxy(true) debug.setfenv(u, { "env" }) getmetatable(u).__gc = function(o) log[#log + 1] = debug.getfenv(o)[1] end end full() show("environment:")
-- many
local n = 0 for i = 1, 5000 do local u = newproxy(true) getmetatable(u).__gc = function() n = n + 1 end end full() print(n) local order = {} for i = 1, 5 do local u = newproxy(true) getmetatable(u).__gc = function() order[#order + 1] = i if i == 3 then error("third", 0) end end end print(pcall(collectgarbage)) full() print(table.concat(order, " "))
-- at exit: called in reverse order, errors there are ignored
for i = 1, 3 do local name = "exit " .. i local u = newproxy(true) getmetatable(u).__gc = function() print("closing", name, type(string), type(print)) if i == 2 then error("ignored") end end _G["exit" .. i] = u end print("end of script")

-- A coroutine yields through pcall and xpcall, in every position; errors after the yield are still caught.
local function collect(f, ...) local co, out = coroutine.create(f), {} local args, n = { ... }, select("#", ...) for i = 1, 100 do local r = { coroutine.resume(co, unpack(args, 1, n)) } out[#out + 1] = tostring(r[1]) .. ":" .. tostring(r[2]) if coroutine.status(co) == "dead" then return table.concat(out, " "), select(2, unpack(r)) end args, n = { "r" .. i }, 1 end end
local function same(got, wanted) if got ~= wanted then error(("expected %s, got %s"):format(tostring(wanted), tostring(got)), 2) end end
same(collect(function() return pcall(coroutine.yield, 1) end), "true:1 true:true")
same((select(3, collect(function() return pcall(coroutine.yield, 1) end))), "r1")
same(collect(function() local ok, v = pcall(function() local a = coroutine.yield("in pcall") return a .. "!" end) return tostring(ok) .. v end), "true:in pcall true:truer1!")
same(collect(function() local ok, v = pcall(function() coroutine.yield("y") error("after yield", 0) end) return tostring(ok) .. v end), "true:y true:falseafter yield")
same(collect(function() local ok, v = xpcall(function() coroutine.yield("y") error("after yield", 0) end, function(m) return "handled " .. m end) return tostring(ok) .. " " .. v end), "true:y true:false handled after yield")
same(collect(function() return xpcall(function() return coroutine.yield("x") end, print) end), "true:x true:true")
same(collect(function() local ok, v = pcall(pcall, pcall, coroutine.yield, "deep") return "end" end), "true:deep true:end")
-- nested, with several yields, errors at each level
local function nest(n) if n == 0 then coroutine.yield("bottom") error("e0", 0) end local ok, m = pcall(nest, n - 1) coroutine.yield("level " .. n .. " " .. tostring(ok) .. " " .. tostring(m)) error(m .. n, 0) end
same(collect(function() local ok, m = pcall(nest, 3) return m end), "true:bottom true:level 1 false e0 true:level 2 false e01 true:level 3 false e012 true:e0123")
-- locals and upvalues survive; results of every arity pass
same(collect(function() local a, b = 1, 2 local t = { pcall(function(...) local x, y = coroutine.yield(a) b = b + 1 return x, y, ... end, 5, nil, 7) } return #t .. tostring(t[2]) .. tostring(t[4]) .. b end), "true:1 true:6r153")
for n = 0, 250, 50 do local co = coroutine.wrap(function(...) return pcall(function(...) return coroutine.yield(...) end, ...) end) assert(select("#", co(unpack({}, 1, n))) == n) assert(select("#", co(unpack({}, 1, n))) == n + 1) end
-- the yield happens in the handler's caller, not in the handler; traceback of the whole chain
local co = coroutine.create(function() local ok, tb = xpcall(function() coroutine.yield() error("traced") end, debug.traceback) return tb end) assert(coroutine.resume(co)) local _, tb = coroutine.resume(co) assert(tb:find("traced", 1, true) and tb:find("in function 'error'", 1, true) and tb:find("in function 'xpcall'", 1, true), tb)
-- a scheduler over protected tasks
local log, tasks = {}, {} for id = 1, 3 do tasks[id] = coroutine.create(function() for step = 1, 3 do local ok, e = pcall(function() coroutine.yield() if id == step then error("task " .. id, 0) end return step end) log[#log + 1] = id .. ":" .. tostring(e) end end) end while next(tasks) do for id = 1, 3 do if tasks[id] then assert(coroutine.resume(tasks[id])) if coroutine.status(tasks[id]) == "dead" then tasks[id] = nil end end end end same(table.concat(log, " "), "1:task 1 2:1 3:1 1:2 2:task 2 3:2 1:3 2:3 3:task 3")
-- yield across assert-like library functions that only call at their end, and dofile
local name = os.tmpname() local f = io.open(name, "w") f:write("local a = coroutine.yield('in dofile') return a .. ' dofile'") f:close() same(collect(function() return dofile(name) end), "true:in dofile true:r1 dofile") f = io.open(name, "w") f:write("coroutine.yield('y') error('in dofile', 0)") f:close() same(collect(function() return select(2, pcall(dofile, name)) end), "true:y true:in dofile") os.remove(name)
package.preload.yields = function(n) local r = coroutine.yield("loading " .. n) return { result = r } end same(collect(function() return require("yields").result end), "true:loading yields true:r1") assert(package.loaded.yields.result == "r1")
print("yield through pcall, xpcall, dofile, require")

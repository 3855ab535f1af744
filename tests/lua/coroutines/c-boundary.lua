-- Coroutines that resume others inside library callbacks (no yield crosses a call boundary here), and errors there.
local T = dofile("support/show.lua")
local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
local t = { 5, 3, 9, 1 } table.sort(t, function(a, b) local g = gen(2) return a + g() < b + g() - 1 + 0 end) print(table.concat(t, " "))
print((string.gsub("abc", ".", function(c) return c .. gen(1)() end)))
local mt = { __index = function(_, k) local g = gen(k) local s = 0 for v in g do s = s + v end return s end, __call = function(self, n) return coroutine.wrap(function() return n * 2 end)() end, __lt = function() return gen(1)() == 1 end, __tostring = function() return "value " .. gen(3)() end } local o = setmetatable({}, mt) print(o[10], o(21), o < o, tostring(o))
for v in gen(3) do for w in gen(v) do io.write(v, w, " ") end end print()
print(pcall(function() for v in gen(3) do if v == 2 then error("stop", 0) end end end)) print(pcall(gen(1)), pcall(gen(0)))
local co = coroutine.wrap(function() local r = {} for w in string.gmatch("a b c", "%a") do r[#r + 1] = w .. tostring(coroutine.yield(w)) end return table.concat(r, ",") end) print(co(), co(1), co(2), co(3))
co = coroutine.wrap(function() for k, v in pairs { 10, 20, 30 } do coroutine.yield(k, v) end for i, v in ipairs { "x", "y" } do coroutine.yield(i, v) end return "end" end) for i = 1, 6 do print(co()) end
co = coroutine.create(function() local ok, e = pcall(function() error("caught inside", 0) end) coroutine.yield(ok, e) local ok2, e2 = pcall(error, "again", 0) return ok2, e2 end) print(coroutine.resume(co)) print(coroutine.resume(co))
co = coroutine.create(function() return xpcall(function() local x = nil; return x.y end, function(m) return debug.traceback(m) end) end) print(coroutine.resume(co))
local results = {} for i = 1, 5 do local c = coroutine.create(function(...) local n = select("#", ...) local x = coroutine.yield(n) return x, n end) local _, n = coroutine.resume(c, unpack({}, 1, i * 40)) results[i] = n .. ":" .. select(2, coroutine.resume(c, i)) end print(table.concat(results, " "))
print(coroutine.resume(coroutine.create(function() return dofile("/nonexistent/x.lua") end))) print(coroutine.resume(coroutine.create(function() return require "no.such.module.x" end)) == false) print(select("#", coroutine.resume(coroutine.create(function() return unpack({}, 1, 240) end))))

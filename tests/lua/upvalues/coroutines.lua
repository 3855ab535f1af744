-- Upvalues and coroutines: shared with the creator, between coroutines, captured inside, yields between uses.
local n = 0
local function bump() n = n + 1 return n end
local co1 = coroutine.wrap(function() while true do bump() coroutine.yield(n) end end)
local co2 = coroutine.wrap(function() while true do n = n * 10 coroutine.yield(n) end end)
print(co1(), co2(), co1(), co2(), n) n = 0 print(co1(), n)
-- variables of the main function, written while it waits on the coroutine
local function main() local v = 1 local co = coroutine.wrap(function() v = v + 1 coroutine.yield(v) v = v + 1 return v end) local a = co() v = v * 100 local b = co() return a, b, v end
print(main())
-- closures made in a coroutine and called in another, and in main
local function producer() local items = 0 return coroutine.create(function() while true do local id = items + 1 items = id coroutine.yield(function(d) id = id + d return id, items end) end end) end
local p = producer()
local _, f1 = coroutine.resume(p) local _, f2 = coroutine.resume(p)
print(f1(10)) print(f2(20)) print(coroutine.wrap(function() return f1(1) end)()) print(coroutine.wrap(function() coroutine.yield(f2(1)) end)())
-- a coroutine whose body is a closure over its own thread
local self self = coroutine.create(function() return self, coroutine.running() end)
local ok, a, b = coroutine.resume(self) assert(a == self and b == self)
-- generators over a shared table, interleaved
local shared = {}
local function gen(name, count) return coroutine.wrap(function() for i = 1, count do shared[#shared + 1] = name .. i coroutine.yield(i) end end) end
local gs = { gen("a", 3), gen("b", 2), gen("c", 4) } for round = 1, 4 do for _, g in ipairs(gs) do pcall(g) end end print(table.concat(shared, " "))
-- many coroutines each with open upvalues
local cos, gets = {}, {}
for i = 1, 200 do cos[i] = coroutine.create(function(x) local v = x gets[i] = function() return v end while true do v = v + coroutine.yield(v) end end) coroutine.resume(cos[i], i) end
for round = 1, 3 do for i = 1, 200 do coroutine.resume(cos[i], round) end collectgarbage() end
local sum = 0 for i = 1, 200 do sum = sum + gets[i]() end print(sum)
cos = nil collectgarbage() sum = 0 for i = 1, 200 do sum = sum + gets[i]() end print(sum)
-- deep stack inside the coroutine moves its open upvalues
local co = coroutine.create(function() local v = 0 local function set(x) v = x end local function deep(d) if d == 0 then set(5) coroutine.yield(v) set(6) return v end return (deep(d - 1)) end local r = deep(1000) return r, v end)
print(coroutine.resume(co)) print(coroutine.resume(co)) print(coroutine.status(co))

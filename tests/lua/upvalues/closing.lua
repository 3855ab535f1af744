-- Closing: on return, break, error, end of block, coroutine death, tail call; and not too early.
local function block() local f do local v = 1 f = function() v = v + 1 return v end v = 10 end local other = 77 return f, other end
local f = block() print(f(), f())
-- a register reused after the block
local function reuse() local f do local a = "captured" f = function() return a end end local b = "other" return f(), b end
print(reuse())
-- return of several closures and values computed from the variables
local function multi() local a, b, c = 1, 2, 3 return function() a = a + 1 return a end, function() return a, b, c end, a + b + c end
local m1, m2, m3 = multi() m1() print(m3, m2())
-- tail call closes the caller's variables
local function callee(g, ...) return g(), ... end
local function tail() local v = 5 local function g() v = v * 2 return v end return callee(g, v) end
print(tail())
local function tailself(n, acc) local v = n acc[#acc + 1] = function() return v end if n == 0 then return acc end return tailself(n - 1, acc) end
local acc = tailself(5, {}) for i = 1, #acc do io.write(acc[i](), " ") end print()
-- error: variables of the unwound frames are closed with their last values
local kept
local function fails() local v = "before" kept = function() return v end v = "after" error("x") end
print(pcall(fails)) print(kept())
local function failsdeep() local v = 1 kept = function(d) v = v + (d or 0) return v end local function deeper(n) local w = n if n == 0 then v = 42 error({}) end return deeper(n - 1), w end deeper(10) end
print((pcall(failsdeep))) print(kept(), kept(1), kept())
print(xpcall(function() local v = 3 kept = function() v = v + 1 return v end local x = nil + v end, function() return kept() end)) print(kept())
-- error inside a loop inside a coroutine
local co = coroutine.create(function() for i = 1, 3 do local v = i kept = function() v = v + 10 return v, i end coroutine.yield(kept) end error("end") end)
local _, k1 = coroutine.resume(co) print(k1()) local _, k2 = coroutine.resume(co) print(k1()) print(k2()) coroutine.resume(co) print(coroutine.resume(co)) print(kept()) print(kept())
-- a suspended coroutine's variables are open in it and reachable from outside
local get, set
co = coroutine.create(function(a) local v = a get = function() return v end set = function(x) v = x end local r = coroutine.yield(v) v = v + r coroutine.yield(v) return v end)
print(coroutine.resume(co, 1)) set(100) print(get()) print(coroutine.resume(co, 5)) set(get() * 2) print(coroutine.resume(co)) print(get()) set("closed") print(get())
-- a coroutine never resumed to its end, collected
do local co = coroutine.create(function() local v = "of a dead coroutine" get = function() return v end set = function(x) v = x end coroutine.yield() end) coroutine.resume(co) end
collectgarbage() collectgarbage() print(get()) set("changed") collectgarbage() print(get())
-- open variables survive reallocation of the stack
local function grow(n) if n == 0 then return 0 end return 1 + grow(n - 1) end
local v1, v2, v3 = 1, 2, 3
local function touch() v1, v2, v3 = v1 + 1, v2 + 1, v3 + 1 return v1, v2, v3 end
assert(grow(5000) == 5000) print(touch()) print(v1, v2, v3)
local function inner(n) local mine = n local function t() mine = mine + 1 return mine end if n < 2000 then inner(n + 1) end t() assert(mine == n + 1 and t() == n + 2) return mine end
print(inner(1))
-- goto-like continue with repeat
local fs = {} for i = 1, 6 do repeat local v = i if i % 2 == 0 then break end fs[#fs + 1] = function() v = v + 1 return v end until true end
for _, f in ipairs(fs) do io.write(f(), " ", f(), " ") end print()
-- several nested blocks, closed in the right order
local function order() local out = {} local a = 1 do local b = 2 do local c = 3 out[1] = function() return a, b, c end c = 30 end b = 20 local d = 99 out[2] = function() return b, d end end a = 10 return out end
local o = order() print(o[1]()) print(o[2]())

-- Fields and methods found through chains of __index that change between one look and the next: keys that come
-- and go, metatables and __index exchanged, tables that grow, objects of one class after another, collections.
local function object(class, t) return setmetatable(t or {}, class) end
local function class(parent) local c = {} c.__index = c return setmetatable(c, { __index = parent }) end
local A = class() local B = class(A) local C = class(B) local D = class(C)
local function look(o) return tostring(o.x) .. " " .. tostring(o.y) end
local d, b = object(D), object(B)
A.x = 1 print(look(d), look(b), look(d), look(b))
C.x = 3 print(look(d), look(b)) D.x = 4 print(look(d)) D.x = nil print(look(d)) C.x = nil print(look(d))
C.x = 5 print(look(d), look(b)) rawset(B, "x", 2) print(look(d), look(b)) rawset(C, "x", nil) print(look(d))
A.y = "a" print(look(d), look(b)) A.y = "b" print(look(d)) A.y = nil print(look(d)) A.y = "c" print(look(d))
for i = 1, 100 do A["k" .. i] = i end print(look(d), d.k1, d.k100) for i = 1, 100 do A["k" .. i] = nil end
print(look(d), d.k1) collectgarbage() print(look(d), d.k1) A.k1 = 1 print(d.k1) for i = 1, 9 do A[i] = i A[-i] = i end print(d.k1, look(d))
getmetatable(C).__index = { x = "other" } print(look(d), look(b)) getmetatable(C).__index = B print(look(d))
setmetatable(C, nil) print(look(d)) setmetatable(C, { __index = B }) print(look(d)) setmetatable(C, { __index = function(t, k) return t == C and k end })
print(look(d), look(b)) D.__index = function(t, k) return t == d and k .. k end print(look(d)) D.__index = nil print(look(d)) rawset(D, "__index", D) print(look(d))
setmetatable(C, { __index = B }) print(look(d)) d.x = "own" print(look(d)) d.x = nil print(look(d)) setmetatable(d, B) print(look(d)) setmetatable(d, D) print(look(d))
setmetatable(d, { __index = B }) print(look(d)) setmetatable(d, nil) print(look(d)) setmetatable(d, D) print(look(d))
for _, m in ipairs { { __index = A }, {}, { __index = function() return 0 end }, { __index = "text" } } do local o = object(m) print(pcall(look, o)) print(pcall(look, o)) m.__index = B print(look(o)) end
local loop = {} loop.__index = loop setmetatable(loop, loop) print(pcall(look, object(loop))) loop.x = 7 print(pcall(look, object(loop)))

-- Methods of strings, and globals of an environment that inherits.
local function text(s) return pcall(function() return s:twice() end) end
print(text "a") string.twice = function(s) return s .. s end print(text "a") local strings = getmetatable("") strings.__index = { twice = function() return "!" end } print(text "a")
strings.__index = function(s, k) return function() return k .. s end end print(text "a") strings.__index = string print(text "b") string.twice = nil print(text "c") print(("x"):rep(3))
local base = { n = 1 } local env = setmetatable({}, { __index = base })
local read = setfenv(function() return n, m end, env) local write = setfenv(function(v) n = v end, env)
print(read()) base.n = 2 print(read()) base.m = 1 print(read()) write(9) print(read(), base.n) env.n = nil base.m = nil print(read())
setmetatable(env, { __index = function(_, k) return k end }) print(read()) setmetatable(env, nil) print(read()) setmetatable(env, { __index = base }) print(read())
local inner = setfenv(function(v) n = v return n end, base) print(inner(5), read(), inner(nil), read(), inner(6), read(), inner("s"), read())

-- A class that counts its objects, and one that keeps them by their names.
local Counted = class(A) Counted.count = 0 function Counted.new() Counted.count = Counted.count + 1 return object(Counted, {}) end function Counted:number() return self.count end
local sum = 0 for i = 1, 50 do local o = Counted.new() sum = sum + o:number() Counted["object" .. i] = o sum = sum + Counted.object1:number() end print(sum, Counted.object50:number())

-- At random: pools of tables, metatables and keys; everything is read by constant names before and after each change.
local seed = 42 + (tonumber(os.getenv("RANDOM_OFFSET")) or 0) * 7919
local function random(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local tables, metas = {}, {} for i = 1, 7 do tables[i] = {} metas[i] = {} end
local readers = { function(t) return t.a end, function(t) return t.b end, function(t) return t.c end, function(t) return t.d end,
  function(t) return (t:e()) end, function(t) t.f = 5 return t.f end, function(t) local k = "a" return t[k] end }
local function called(t) return 11 end local function found(t, k) return #k * 13 end
local check, errors = 0, 0
local function read_all()
  for i = 1, 7 do for r = 1, #readers do
    local ok, v = pcall(readers[r], tables[i])
    if not ok then errors = errors + 1 v = 17 elseif type(v) == "table" then v = 3 elseif type(v) ~= "number" then v = v and 2 or 1 end
    check = (check * 31 + v) % 1000000007
  end end
end
local names = { "a", "b", "c", "d", "e", "f", "__index", 1, 2, -1, true }
local changes = {
  function(t, m) t[names[random(#names)]] = random(3) > 1 and random(100) or nil end,
  function(t, m) rawset(t, names[random(#names)], random(3) > 1 and random(100) or nil) end,
  function(t, m) t.e = called end, function(t, m) t.a = random(9) end, function(t, m) t.b = nil end,
  function(t, m) m.__index = tables[random(7)] end, function(t, m) m.__index = tables[random(7)] end,
  function(t, m) if random(3) == 1 then m.__index = found else rawset(m, "__index", nil) end end,
  function(t, m) setmetatable(t, m) end, function(t, m) setmetatable(t, m) end, function(t, m) setmetatable(t, random(2) == 1 and t or nil) end,
  function(t, m) t.__index = tables[random(7)] setmetatable(m, random(3) == 1 and metas[random(7)] or nil) end,
  function(t, m) if random(9) == 1 then for i = 1, 20 do t["k" .. i] = i end elseif random(9) == 1 then for i = 1, 20 do t["k" .. i] = nil end end end,
  function(t, m) if random(20) == 1 then collectgarbage() elseif random(5) == 1 then collectgarbage("step") end end,
  function(t, m) if random(30) == 1 then tables[random(7)] = {} end end,
  function(t, m) if random(9) == 1 then m.__newindex = random(2) == 1 and tables[random(7)] or nil end end,
}
for step = 1, 3000 do pcall(changes[random(#changes)], tables[random(7)], metas[random(7)]) read_all() if step % 500 == 0 then print(step, check, errors) end end

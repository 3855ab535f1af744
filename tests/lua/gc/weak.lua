-- Weak tables: keys, values, both; ephemeron-like cycles stay (5.1); strings and numbers are values; during traversal.
local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
local function full() collectgarbage() collectgarbage() end
local k = setmetatable({}, { __mode = "k" }) local v = setmetatable({}, { __mode = "v" }) local kv = setmetatable({}, { __mode = "kv" }) local strong = setmetatable({}, { __mode = "x" })
local keep = {} for i = 1, 10 do keep[i] = {} end for i = 1, 10 do k[keep[i]] = i k[{}] = i v[i] = keep[i] v[i + 10] = {} kv[keep[i]] = keep[i] kv[{}] = keep[i] kv[i] = {} strong[i] = {} end full() print(count(k), count(v), count(kv), count(strong)) for i = 1, 5 do keep[i] = nil end full() print(count(k), count(v), count(kv)) keep = {} full() print(count(k), count(v), count(kv))
-- strings, numbers, booleans are not removed from weak tables; functions, threads, userdata are
v = setmetatable({}, { __mode = "v" }) v[1] = "a string" .. 1 v[2] = 5 v[3] = true v[4] = function() return v end v[5] = coroutine.create(function() end) v[6] = newproxy() v[7] = {} v.lit = print full() print(v[1], v[2], v[3], v[4] ~= nil and "function" or v[4], v[5], v[6], v[7], v.lit == print) k = setmetatable({}, { __mode = "k" }) k["a key" .. 1] = {} k[5] = {} k[true] = {} k[function() end] = 1 full() print(count(k), k["a key1"] ~= nil)
-- a key reachable only through its value keeps itself (no ephemerons in 5.1)
k = setmetatable({}, { __mode = "k" }) do local key = {} k[key] = { key } end full() print(count(k)) do local key = {} k[key] = key end full() print(count(k))
-- array part of weak tables, # and holes
v = setmetatable({ {}, {}, {}, "s", {} }, { __mode = "v" }) full() print(v[1], v[2], v[3], v[4], v[5]) v = setmetatable({}, { __mode = "v" }) for i = 1, 100 do v[i] = i % 2 == 0 and "even" .. i or {} end full() local n = 0 for i = 1, 100 do if v[i] then n = n + 1 end end print(n)
-- mode given or changed after filling
local later = {} for i = 1, 5 do later[i] = {} end setmetatable(later, { __mode = "v" }) full() print(count(later)) local m = {} local changed = setmetatable({}, m) changed[1] = {} full() print(count(changed)) m.__mode = "v" full() print(count(changed)) local inherited = setmetatable({ {} }, setmetatable({}, { __index = { __mode = "v" } })) full() print(count(inherited)) local bad = setmetatable({ {} }, { __mode = 5 }) full() print(count(bad))
-- a memo table, a cache of compiled strings
local calls, memo = 0, setmetatable({}, { __mode = "kv" }) local function compile(s) local f = memo[s] if not f then calls = calls + 1 f = loadstring("return " .. s) memo[s] = f end return f() end print(compile("1 + 1"), compile("1 + 1") == 2, calls) full() print(compile("1 + 1"), calls >= 1)
-- weak tables of weak tables, cycles
local ring = setmetatable({}, { __mode = "v" }) do local a, b = {}, {} a.b, b.a = b, a ring.a, ring.b = a, b end full() print(ring.a, ring.b) local outer = setmetatable({}, { __mode = "k" }) do local inner = setmetatable({}, { __mode = "v" }) inner[1] = inner outer[inner] = 1 end full() print(count(outer))
-- clearing entries during traversal, inserting after collection
k = setmetatable({}, { __mode = "k" }) for i = 1, 200 do k[{}] = i end local visited = 0 for key in pairs(k) do visited = visited + 1 collectgarbage("step") end print(visited <= 200) full() print(count(k)) for i = 1, 50 do k["k" .. i] = i end full() print(count(k)) for i = 1, 50 do k["k" .. i] = nil end print(next(k))
-- weak values that are resurrected by finalizers: values go before, keys after
local wv, wk = setmetatable({}, { __mode = "v" }), setmetatable({}, { __mode = "k" }) local seen do local u = newproxy(true) getmetatable(u).__gc = function(o) seen = tostring(wv[1]) .. " " .. tostring(wk[o]) end wv[1] = u wk[u] = "key still there" end full() print(seen) print(count(wk))

-- What the loops and functions of nests.lua do: units of a `top`, which makes their state, a body, and a body, done in each turn (`r` is its number). $I is
-- the unit's number.

local writer = ...
local units = {}

-- Tables whose parts grow, shrink and change places.
units[#units + 1] = { "local t$I, c$I = {}, 0", {
  "t$I[#t$I + 1] = r if #t$I > $<5,70> then for k = #t$I, $(1|2|3), -1 do t$I[k] = nil end end n = mix(n, #t$I, t$I[1], t$I[#t$I])",
  "t$I[r % 40] = $(r|r % 3 ~= 0 and r or nil|nil) n = mix(n, #t$I, t$I[r % 7], t$I[40 - r % 40])", "t$I[r % 64 + 1] = r t$I[(r * 7) % 64 + 1] = nil n = mix(n, #t$I, next(t$I))", "t$I['k' .. r % 30] = r t$I[r % 20] = 'x' t$I['k' .. r % 11] = nil n = mix(n, #t$I, t$I.k5, t$I[3])",
  "if r % 50 == 0 then t$I = {1, 2, 3, nil, 5, x = 1} end t$I[#t$I + 1] = r n = mix(n, #t$I, unpack(t$I, 3, 6))", "table.insert(t$I, $(r|1, r|#t$I + 1, r)) if #t$I > 40 then n = mix(n, table.remove(t$I), table.remove(t$I, 1), table.remove(t$I, $<2,50>)) for k = 1, 30 do table.remove(t$I) end end n = mix(n, #t$I, t$I[3])",
  "for k, v in pairs(t$I) do t$I[k] = $(nil|v|k|r) n = mix(n, k, v) end t$I[r % 17] = 1 t$I[-(r % 5)] = r", "for k in next, t$I do t$I[k] = nil end for k = 1, r % 12 do t$I[$(k|13 - k|k * 2|-k|k / 2|k * 2^31)] = k end n = mix(n, #t$I) for k, v in pairs(t$I) do n = mix(n, k, v) end",
  "t$I[1], t$I[2], t$I[3] = t$I[2], r, t$I[1] n = mix(n, t$I[1], t$I[3])", "local k = r % 9 + 1 t$I[k], k, t$I[k + 1] = k, t$I[k], r n = mix(n, k, t$I[1], t$I[5])", "c$I = c$I + 1 c$I, t$I[c$I] = c$I % 30, r n = mix(n, #t$I, t$I[c$I])", "t$I, t$I.x = {x = r, t$I.x}, r n = mix(n, t$I.x, t$I[1])", "t$I[r] = r t$I[r - $<1,30>] = nil n = mix(n, #t$I, t$I[r - 3])",
  "local q = {r, nil, r, x = r, nil, any(r, nil)} q[#q + 1] = 5 q[2] = r % 2 == 0 and 1 or nil n = mix(n, #q, q[6], q[7])", "n = mix(n, #t$I, table.maxn(t$I)) t$I[r % 10 * $(1|0.5|-1)] = r % 5 ~= 0 and r or nil", "rawset(t$I, r % 8, $(r|nil)) n = mix(n, rawget(t$I, 3), #t$I, rawequal(t$I[1], t$I[2]))",
} }

-- Keys of all kinds.
units[#units + 1] = { "local K$I, t$I = {0, NZ, -1, 0.5, 2^53, 2^53 + 1, 2^31, -2^31, 2^31 - 1, 2^32, 2^32 + 1, 1e300, -1e300, INF, -INF, 5e-324, '1', 1, true, false, '', 'a', 2, 3, 4, 1.5, 1e15, 4294967295, -0.5}, {}", {
  "local k = K$I[r % #K$I + 1] t$I[k] = $(r|r % 3 ~= 0 and r or nil|k) n = mix(n, t$I[k], t$I[K$I[r * 7 % #K$I + 1]], t$I[NAN])", "local k = K$I[r % #K$I + 1] n = mix(n, type(k) == 'number' and t$I[-k] == t$I[k], k == k) t$I[k] = r" , "local k = K$I[r % $<1,29> + 1] t$I[k] = (tonumber(t$I[k]) or 0) + 1 n = mix(n, t$I[k], #t$I) if r % 200 == 0 then for a, b in pairs(t$I) do n = mix(n, a, b) end t$I = {} end",
  "local ok, m = pcall(rawset, t$I, r % 5 == 0 and NAN or r % 7 == 0 and nil or 1, r) n = mix(n, ok, m)", "local k = K$I[r % #K$I + 1] local q = {[k] = r, [1] = 2} n = mix(n, q[k], q[1], next(q))", "local k = K$I[r % #K$I + 1] n = mix(n, type(k) == 'number' and t$I[k + 1] or t$I[k]) t$I[k] = n", "local k = r % 3 == 0 and '1' or 1 t$I[k] = r n = mix(n, t$I['1'], t$I[1], t$I[1.0])", "t$I[r * $(0.5|-1|2^31|2^53|1e300|1)] = 1 n = mix(n, t$I[r * 0.5], #t$I) if r % 64 == 0 then t$I = {} end",
} }

-- Loops of numbers with all sorts of limits.
units[#units + 1] = { "local F$I, S$I, c$I = {0, 1, -3, 0.5, NZ, 2^53, -2^53, 2^31 - 2, -2^31, '2', ' 0x3 ', INF, -INF, NAN, 1e300, 3, 0.1, '1e1', 5, 2^32, 9007199254740991}, {1, -1, 2, 0.1, -0.5, 1e300, '1', '-2', 0, NZ, INF, -INF, NAN, 3, 2^31, 2^52}, 0", {
  "c$I = 0 for i = F$I[r % #F$I + 1], F$I[r * 5 % #F$I + 1], S$I[r * 3 % #S$I + 1] do c$I = c$I + 1 n = mix(n, i) if c$I > 30 then break end end", "c$I = 0 for i = r % 5, $(r % 7|3.5|INF|'4'|-2), $(1|0.5|-1|0.1|2) do n = mix(n, i) c$I = c$I + 1 if c$I > 20 then break end end", "c$I = 0 for i = F$I[r % #F$I + 1], F$I[r % 7 + 1] do i = i + 1 n = mix(n, i) c$I = c$I + 1 if c$I > 10 then break end end",
  "for i = -3, $(0|-1|NZ), $(1|0.75) do n = mix(n, i, 1 / i) end", "for i = 3, -3, -1 do if i == $(r % 7|0|1) then break end n = mix(n, i, i * 0.5, -i) end", "for i = 1, $(r % 4|'3'|2.9) do for j = i, 1, -1 do if j == 2 then break end n = mix(n, i, j) end end", "local q = {} for i = $(-2|0|1|2^31 - 2|2^53 - 2), $(3|2^31 + 1|2^53) do q[i] = r c$I = c$I + 1 if c$I % 9 == 0 then break end end n = mix(n, #q, q[0], q[2147483647])",
  "local ok, m = pcall(function() for i = $(1, 2|'a', 2|1, {}|1, 'x'|nil, 1), turn % 50 == 0 and $(nil|{}|'z') or 1 do n = mix(n, i) end end) if not ok then once(m) end", "for i = 2^53 - 1, 2^53 + 4 do n = mix(n, i) c$I = c$I + 1 if c$I % 6 == 0 then break end end", "for i = 1, 3 do local j = i if r % 3 == j then i = j * 2 end n = mix(n, i, j) end",
} }

-- Texts and numbers.
units[#units + 1] = { "local s$I, V$I = 'a', {1, '10', 0.1, -1.5, '0x10', 1e100, 2^53, '1e2', ' 5 ', NZ, INF, -3, 123456789012345, '-0'}", {
  "local v, w = V$I[r % #V$I + 1], V$I[r * 3 % #V$I + 1] n = mix(n, v + w, v * 2, -v, w - 1, v .. w, v .. '')", "local v = V$I[r % #V$I + 1] n = mix(n, v % 7, v ^ 2, v / 3, 10 .. v, 'x' .. v .. v .. 1)", "s$I = (s$I .. r .. '-' .. r / 4 .. $(A|B|1e15|-0.5|'')):sub(-20) n = mix(n, s$I)", "local v, w = V$I[r % #V$I + 1], V$I[r * 5 % #V$I + 1] local ok, m = pcall(function() return v < w end) n = mix(n, ok, m) if not ok then once(m) end",
  "local v = V$I[r % #V$I + 1] n = mix(n, v == tonumber(v), tostring(v) == v, tonumber(v), v == v)", "local v = V$I[r % #V$I + 1] + 0 n = mix(n, ('%d|%5.2f|%s|%g'):format(v % 1000, v % 100, v, v))", "n = mix(n, tonumber(s$I), tonumber(r .. '', $<2,36>), tonumber('0x' .. r % 9), tonumber('1' .. r, $<2,10>))", "s$I = $(r|tostring(r)|'k' .. r % 10) n = mix(n, s$I .. '', #(s$I .. 'x'), s$I == r, s$I == tostring(r))", "local o = r % 40 == 0 and OBJ or r n = mix(n, pcall(function() return $(o .. 'x' .. r|r .. o|'a' .. 'b' .. o|o .. o|1 .. 2 .. o .. 3) end))",
  "s$I = s$I .. 'x' if #s$I > 50 then s$I = s$I:sub(2, r % 9 + 2) end n = mix(n, s$I:byte(-1), s$I:find('x', r % 4, true), s$I < 'b')", "local t = {} for k = 1, r % 5 do t[k] = $(r|'s'|k / 2) end n = mix(n, table.concat(t), table.concat(t, ',', 1, #t), pcall(table.concat, t, 'x', 1, r % 7))", "n = mix(n, ('x' .. r):gsub('%d', $('%0%0'|{['1'] = 'one', ['2'] = false}|function(d) return d ~= '3' and d + 1 or nil end|'%%')))", "for w in ('a,b' .. r .. ',,c'):gmatch $('[^,]*'|'(%w)(,)'|'()') do n = mix(n, w) end", "n = mix(n, os.time{year = 2000 + r % 30, month = r % 14, day = r % 33, hour = r % 25}, os.date('!%Y-%m-%d %H:%M', r * 100000), os.date('!*t', r * 1000).yday)",
} }

-- Closures that share variables and outlive their loop.
units[#units + 1] = { "local k$I, c$I = {}, 0", {
  "local a, b = r % 7, 's' k$I[r % 4] = function(v) a = v or a c$I = (c$I + 1) % 100 return a, b end k$I[r % 4 + 4] = function() a = $(a + 1|b|{}|r) return a end n = mix(n, pcall(k$I[(r + 1) % 4] or any)) n = mix(n, pcall(k$I[(r + 2) % 4 + 4] or any))", "for i = 1, 3 do local j = i k$I[i] = function() j = j + 1 i = i + j return i, j end if i == r % 4 then break end end n = mix(n, k$I[1]()) if k$I[3] then n = mix(n, k$I[3]()) end",
  "local i = 0 repeat local j = i k$I[j] = function() j = j + 1 return j, i end i = i + 1 until k$I[j]() > 2 or i > 4 n = mix(n, k$I[0](), i)", "local i = 0 while true do local j = i i = i + 1 k$I[1] = function() j = i return j end if i > 3 then break elseif i == r % 5 then local z = k$I[1] k$I[2] = function() return z() + i end break end end n = mix(n, k$I[1](), k$I[2] and k$I[2]())", "local a, b, c = 1, 2, 3 local function f() a, b, c = b, c, a return a end f() if r % 3 == 0 then f() end n = mix(n, a, b, c, f())",
  "do local x = r local function set(v) x = v end local function get() return x end set(get() + 1) pcall(function() set(x * 2) error() end) n = mix(n, x, get()) end", "local x = r local f = function(...) x = select('#', ...) return x, ... end n = mix(n, f(r, f()), x)", "c$I = (c$I + 1) % 50 local function rec(d) if d == 0 then c$I = c$I + 1 return c$I end local v = rec(d - 1) c$I = (c$I + v) % 50 return v end n = mix(n, rec(r % 4), c$I)", "local f, x = k$I[0], r if not f then f = function(v) x = x + v return x end k$I[0] = f end n = mix(n, f(1), x) if r % 90 == 0 then k$I[0] = nil end",
} }

-- Loops inside each other, which are left.
units[#units + 1] = { "local c$I = 0", {
  "for i = 1, 4 do local j = 0 while true do j = j + 1 if j > r % 4 then break end if j == 2 then c$I = (c$I + i) % 50 end end if i * j > 8 then break end end n = mix(n, c$I)", "local i = 0 repeat i = i + 1 local done = i > r % 5 if done and i > 2 then break end until done n = mix(n, i)", "for i = 1, 3 do repeat local x = i % 2 if x == 0 then break end c$I = (c$I + 1) % 60 until x == 1 for k, v in ipairs{5, 6} do if v == 6 then break end c$I = (c$I + v) % 60 end end n = mix(n, c$I)", "local i = r % 6 while i > 0 do i = i - 1 if i == 3 then n = mix(n, i) elseif i == 1 then break end end n = mix(n, i)",
  "local x = r % 3 == 0 and nil or r % 5 == 0 and false or r if not x then n = mix(n, 1) elseif x == 7 then else n = mix(n, x and c$I or x) end", "local x, y = r % 4, r % 3 local z = x > y and (x == 2 or y) or not (x == y) and 'no' n = mix(n, z, x < y == (y > x), not not z)", "for k, v in pairs{a = 1, 2} do for i = 1, v do for l, w in ipairs{k} do if r % 7 == 2 then break end n = mix(n, l, w) end if i == r % 3 then break end end end",
} }

-- Calls of all numbers of values.
units[#units + 1] = { "local b$I = {} for k = 1, 250 do b$I[k] = k % 9 end local function v$I(...) return select('#', ...), ... end local function w$I(a, ...) local t, u = {...}, ... return #t, a, u end local w2$I = function(...) return arg.n, arg[1] end", {
  "n = mix(n, v$I(unpack(b$I, 1, r % 251)))", "n = mix(n, w$I(unpack(b$I, r % 200, 220)))", "n = mix(n, w2$I(unpack(b$I, 1, r % 9)), (w2$I()))", "n = mix(n, select(r % 5 + 1, v$I(1, 2, 3, 4)), select(-1, v$I(r)), (select('#', v$I())))", "local a, b, c, d, e, f = v$I(unpack(b$I, 1, r % 7)) n = mix(n, a, b, c, d, e, f)", "local t = {v$I(unpack(b$I, 1, r % 60))} n = mix(n, #t, t[#t])", "local t = {r, v$I(), v$I(1, r), (v$I(2)), v$I(unpack(b$I, 1, r % 5))} n = mix(n, #t, unpack(t))", "n = mix(n, pcall(w$I, unpack(b$I, 1, r % 30)))", "n = mix(n, (function(...) return v$I(...) end)(unpack(b$I, 1, r % 20)))", "n = mix(n, math.max(0, unpack(b$I, 1, r % 30)), math.min(unpack(b$I, 1, 1 + r % 3)))", "n = mix(n, ('').char(unpack(b$I, 1, r % 40)):len(), (v$I(('abc'):byte(1, r % 5))))",
  "n = mix(n, pcall(select, r % 7 - 3, 1, 2, 3))", "local ok, m = pcall(unpack, {}, 1, r % 3 == 0 and 1e8 or 3) n = mix(n, ok) once(type(m) == 'string' and m or 1)",
} }

-- Errors and their names.
units[#units + 1] = { "local V$I, up$I = {1, 'a', nil, {x = {y = 2}}, 2.5, '10', true, say, {}, OBJ, false, NAN}, {} local function e$I(a, b) $(return a.x.y|return a + b|return a .. b|return a < b|return a(b)|return #a|return a:m(b)|return -a|return up$I.x.y|return up$I.f()|return up$I:g(a)|return GLOBAL.x|GLOBAL(a)|return a.b.c.d|return a <= b|a.x = b|a.x.y = b|return a[b][a]|local t = {} t[a] = b return t[a]|for i = a, 2 do return i end|for k in a do return k end|return a % b|return b ^ a|return ('x')[a].y|return (a + 1) .. b|return a.x + b.x|error(a, 2)|error(b)|return up$I < a|return a and a.z.w or b.z.w|return (a or b):none()|return string.rep(a, b)|return b.x(a)|return 2 - a|return 'x' .. a .. 'y'|return {} .. a|return a == b, a ~= b, a.x == nil) end local function l$I(k) return 1 + l$I(k) end", {
  "local ok, m, m2 = pcall(e$I, V$I[r % 12 + 1], V$I[r * 5 % 12 + 1]) n = mix(n, ok, m, m2) if not ok then once(m) end", "local ok, m = pcall(function(...) local x = e$I(...) return x end, V$I[r % 12 + 1], V$I[r * 7 % 12 + 1]) n = mix(n, ok, m) if not ok then once(m) end", "local ok, m = xpcall(function() return e$I(V$I[r % 12 + 1], r) end, $(debug.traceback|function(m) return debug.traceback(m, 2) end|function(m) error(m) end|function(m) return e$I(m, m) end|any|type)) once(type(m) == 'string' and #m < 900 and m or type(m)) n = mix(n, ok)",
  "local ok, m = pcall(pcall, error, V$I[r % 12 + 1]) n = mix(n, ok, m)", "if r % 300 == 0 then n = mix(n, overflown(l$I, 1)) end", "local ok, m = pcall(error, V$I[r % 12 + 1], r % 4) n = mix(n, ok, m)", "local ok, m = pcall(e$I) once(m) n = mix(n, ok, m)", "local ok, m = pcall(loadstring(r % 2 == 0 and 'return ...' or 'x y') or any, r) n = mix(n, ok, m)", "local f, m = loadstring('return ' .. $('1 +'|r % 9 .. '..'|'a b'|'\"x'|'1e'|'[[x') .. (r % 3 == 0 and ' 1' or '')) n = mix(n, f and pcall(f), m) once(m)",
} }

-- Objects whose metatables are found along chains, and change.
units[#units + 1] = { "local P$I, Q$I, o$I = {}, {}, {} P$I.__index, Q$I.__index = P$I, Q$I setmetatable(Q$I, P$I) setmetatable(o$I, Q$I) function P$I:get(v) return self.x or v end function Q$I:put(v) self.x = v return self end function P$I.__call(self, v) return v, self.x end P$I.y = 1", {
  "n = mix(n, o$I:get(r), o$I.y, o$I.none)", "n = mix(n, o$I:put(r):get(), o$I.x) if r % 5 == 0 then o$I.x = nil end", "if r % 100 == 7 then $(Q$I.get = function(self, v) return -1 end|P$I.y = nil|Q$I.y = r|o$I.get = any|Q$I.__index = function(t, k) return P$I[k] end|setmetatable(o$I, P$I)|Q$I.__newindex = function(t, k, v) rawset(t, k, 1) end|Q$I.__newindex = P$I|P$I.get = nil|o$I = setmetatable({}, Q$I)) elseif r % 100 == 60 then $(Q$I.get = nil|Q$I.y, P$I.y = nil, 3|Q$I.__index = Q$I|setmetatable(o$I, Q$I)|Q$I.__newindex = nil|P$I.get = function(self, v) return v end) end n = mix(n, pcall(function() return o$I:get(r), o$I:put(r % 3).x, o$I.y end))",
  "local w = setmetatable({}, {__index = o$I}) n = mix(n, w.y, w.x, w.get == o$I.get, pcall(w.get, w, r))", "local w = setmetatable({}, {__newindex = o$I, __index = function(t, k) return k end}) w.x = r w[r % 3] = 1 n = mix(n, o$I.x, w.x, rawget(w, 'x'))", "local t = setmetatable({}, {__eq = function() return r % 2 == 0 end, __lt = function(a, b) return r % 3 end, __le = r % 4 == 0 and function() return nil end or nil}) local u = setmetatable({}, getmetatable(t)) n = mix(n, t == u, t < u, t <= u, t ~= u, t >= u)",
  "local t = setmetatable({}, {__add = r % 3 == 0 and any or function(a, b) return type(b) end, __unm = function(...) return select('#', ...) end, __call = function(...) return ... end}) n = mix(n, t + 1, pcall(function() return 1 + t end), -t, (t(t, 2)))", "n = mix(n, pcall(setmetatable({}, {__call = r % 4 == 0 and OBJ or any}), r))", "local t = setmetatable({}, {__metatable = r % 2 == 0 and 'locked' or nil, __tostring = function() return r % 3 == 0 and r or 't' end}) n = mix(n, getmetatable(t) == 'locked', pcall(tostring, t), pcall(setmetatable, t, nil))", "local t = {} for k = 1, $<2,120> do t = setmetatable({}, {__index = t}) end n = mix(n, pcall(function() return t.x end))",
} }

-- Coroutines that end in all ways; none yields but where the reference can.
units[#units + 1] = { "local c$I, st$I, threads$I local function gen$I(m) for i = 1, m do local v = coroutine.yield(i) if v == 'stop' then return 'stopped' elseif v == 'fail' then error('failed ' .. i) elseif v == 'obj' then error(OBJ) end end return 'over', m end", {
  "if not c$I or coroutine.status(c$I) == 'dead' then c$I = coroutine.create(gen$I) end local ok, v = coroutine.resume(c$I, r % 17 == 3 and 'fail' or r % 13 == 2 and 'stop' or r % 9 + 1) n = mix(n, ok, v, coroutine.status(c$I)) if not ok then once(v) end", "local co = coroutine.wrap(gen$I) n = mix(n, co(2), co(r), pcall(co, r % 3 == 0 and 'fail' or r), pcall(co))", "local co = coroutine.create(function(...) n = mix(n, coroutine.status(co or coroutine.running()), ...) return coroutine.yield(...) end) n = mix(n, coroutine.resume(co, r, 2)) n = mix(n, coroutine.resume(co, 3)) n = mix(n, coroutine.resume(co))", "local x = 0 for v in coroutine.wrap(function() for i = 1, r % 4 do coroutine.yield(i) end end) do x = x + v if x > 3 then break end end n = mix(n, x)",
  "local outer outer = coroutine.create(function() local inner = coroutine.create(function() return coroutine.status(outer), coroutine.resume(outer) end) return coroutine.resume(inner) end) n = mix(n, coroutine.resume(outer)) n = mix(n, coroutine.status(outer))", "local co = coroutine.create(error) n = mix(n, coroutine.resume(co, $('x'|OBJ|r|nil)), coroutine.status(co), coroutine.resume(co))", "st$I = st$I or coroutine.wrap(function(a) while true do a = coroutine.yield(a + 1) end end) local ok, v = pcall(st$I, r % 50 == 9 and {} or r) if not ok then once(v) st$I = nil end n = mix(n, ok, v)", "local co = coroutine.create(function() local x = 1 local f = function() x = x + 1 coroutine.yield(x) return x end f() return f() end) n = mix(n, coroutine.resume(co)) if r % 2 == 0 then n = mix(n, coroutine.resume(co), coroutine.resume(co)) end if r % 200 == 0 then print(debug.traceback(co)) say(debug.getlocal(co, 1, 1)) end",
  "n = mix(n, pcall(coroutine.resume, r), pcall(coroutine.wrap, nil), coroutine.resume(coroutine.create(any), 1, 2))", "local co = coroutine.wrap(function(...) local function down(k, ...) if k == 0 then return coroutine.yield(...) end return down(k - 1, k, ...) end while true do down(r % 5, r) end end) n = mix(n, co()) n = mix(n, co())",
}, threads = true }

-- Functions by way of text and back; environments.
units[#units + 1] = { "local f$I, e$I = function(a, b) $(local x = a or 1 return x, b|for i = 1, 3 do if a then return i end end return b|return mixed and 1, a|GQ = a return GQ, b|return type(a), #tostring(a)|local t = {a, b, x = a} return t.x, #t|if a == b then return 1 end return b) end, getfenv(1)", {
  "if r % 90 == 0 then f$I = setfenv(copied(f$I), e$I) end n = mix(n, f$I(r, n))", "local g = loadstring('local a = ... ' .. $('return a'|'return function() return a end'|'local n = 0 for i = 1, 5 do n = n + i end return n'|'return ...')) n = mix(n, g(r))", "if r % 120 == 0 then setfenv(f$I, setmetatable({tostring = any}, {__index = e$I})) elseif r % 120 == 40 then setfenv(f$I, e$I) end n = mix(n, pcall(f$I, r, 1), rawget(e$I, 'GQ'))", "local function lev() return getfenv(2) == getfenv(1), pcall(setfenv, $(1|2), getfenv(1)) and 1 end n = mix(n, lev())", "local g = function() GZ = r return GZ, type(r) end if r % 60 == 3 then setfenv(g, {type = any}) end n = mix(n, g())", "local parts = {'return ', r .. '', nil} local k = 0 local g, m = load(function() k = k + 1 return parts[k] end, '=parts') n = mix(n, g and g(), m)",
  "if r % 70 == 0 then debug.setupvalue(f$I, 1, r) end n = mix(n, pcall(f$I, r, r))", "n = mix(n, debug.getinfo(f$I, 'u').nups, debug.getinfo(1, 'l').currentline, (debug.getinfo(2, 'n') or {}).name)",
} }

-- What the collector takes: only what has long been left, and all at once.
units[#units + 1] = { "local w$I, q$I, gone$I, s$I = setmetatable({}, {__mode = '$(k|v|kv)'}), {}, {0}, setmetatable({}, {__mode = 'v'}) for k = 1, 60 do local o = {k} w$I[$(o|k)] = o if k % 3 == 0 then q$I[k] = o end end", {
  "if r % 400 == 0 then collectgarbage() local c = 0 for k, v in pairs(w$I) do c = c + v[1] end say('weak', c) q$I[r / 400 * 3] = nil end n = mix(n, type(w$I[r % 10 * 3 + 30]))", "if r % 300 == 5 then local p = newproxy(true) getmetatable(p).__gc = function() gone$I[1] = gone$I[1] + 1 end p = nil elseif r % 300 == 250 then collectgarbage() collectgarbage() n = mix(n, gone$I[1]) end", "s$I['k' .. r % 20] = 'text' .. r % 7 n = mix(n, s$I.k3, s$I.k19)", "if r % 250 == 30 then setmetatable(w$I, {__mode = 'k'}) collectgarbage() elseif r % 250 == 90 then setmetatable(w$I, nil) collectgarbage() end n = mix(n, type(w$I[r % 10 * 3 + 30]))", "n = mix(n, collectgarbage('count') > 0, collectgarbage('step', 0) ~= nil)", "local t = {} for k = 1, 5 do t[k] = {k, t} end n = mix(n, t[r % 5 + 1][1]) if r % 500 == 0 then collect() end", "local x = setmetatable({r}, {__gc = 1, __mode = 'k'}) x[x] = x n = mix(n, x[x][1])",
} }

-- Functions with many variables, constants and upvalues.
local function repeated(from, to, text, separator)
  local list = {}
  for k = from, to do list[#list + 1] = (text:gsub("#", k)) end
  return table.concat(list, separator)
end
units[#units + 1] = { function(p)
  local many = p:of { 120, 180, 190 }
  return "local function m$I(r) local " .. repeated(1, many, "z#", ", ") .. " = r, r + 1, 'z' z" .. many .. " = r for i = 1, 3 do z" .. many .. ", z" .. many - 1 .. " = z" .. many .. " + i, z1 end $(return z1, z" .. many .. "|return z" .. many .. ", z" .. many - 1 .. ", z3 .. z2|local f = function() z" .. many .. " = z2 return z" .. many - 1 .. " end return f(), z" .. many .. "|for k, v in pairs{z1, x = z2} do z3 = v end return z3, select('#', any(z1, z2))|return any(z1, z2) == z" .. many .. ") end "
    .. "local function q$I(r) local t = {" .. repeated(1, p:of { 130, 260, 300 }, "#.5", ", ") .. "} t.x = r " .. "local n = r " .. repeated(1, 20, "n = n + #0.25 % (r + 1000.#)", " ") .. " t['k300'] = n t.y, t[300.5] = n < 777.75, n return n, #t, t[57], t.x, t.y end "
    .. "local function c$I(r) return {" .. repeated(1, p:of { 49, 50, 51, 100, 101, 151 }, "r", ", ") .. p:of { "", ", any(r, r)", ", x = r, any()", ", nil" } .. "} end "
    .. "local " .. repeated(1, 55, "y$I_#", ", ") .. " = 1, 2, 3 local function u$I(r) y$I_1, y$I_55, y$I_30 = r, y$I_1, y$I_55 return " .. p:of { repeated(1, 55, "y$I_#", " and "), "y$I_55, y$I_30", "(y$I_30 or 1) + y$I_2" } .. " end"
end, {
  "n = mix(n, m$I(r))", "n = mix(n, q$I(r))", "local t = c$I(r) n = mix(n, #t, t[50], t[51], t[#t])", "n = mix(n, u$I(r))", "n = mix(n, u$I(r), m$I(u$I(r) or 1))",
} }

-- Comparators, callbacks and sorts.
units[#units + 1] = { "local t$I = {5, 3, 8, 1, 9, 2}", {
  "table.sort(t$I, function(a, b) return $(a < b|a > b|(a * r) % 7 < (b * r) % 7) end) n = mix(n, unpack(t$I)) t$I[r % 6 + 1] = r % 10", "local ok, m = pcall(table.sort, {3, 1, r % 4 == 0 and 'x' or 2, r % 6 == 0 and {} or 5}) n = mix(n, ok, m) if not ok then once(m) end", "local ok, m = pcall(table.sort, {1, 2, 3, 4, 5, 6}, function(a, b) return r % 3 ~= 0 or a < b end) n = mix(n, ok, m)", "table.foreach({x = 1, 2}, function(k, v) n = mix(n, k, v) if r % 3 == 0 then return k end end)", "n = mix(n, table.foreachi(t$I, function(k, v) if v == r % 10 then return k, v end end))", "n = mix(n, (('abc'):gsub('%w', function(c) if r % 5 == 0 then return nil elseif r % 7 == 0 then return false end return c .. r % 3 end)))", "local ok, m = pcall(string.gsub, 'abc', '(.)', function(c) if c == 'b' and r % 4 == 0 then $(error('in gsub')|return {}|return OBJ) end return c end) n = mix(n, ok, m) if not ok then once(m) end",
} }

function writer.unit(p)
  p.units = (p.units or 0) + 1
  local unit
  repeat unit = p:of(units) until p.threads or not unit.threads
  local index = p.units
  local function own(text) return (text:gsub("%$I", index)) end
  local top = unit[1]
  if type(top) == "function" then top = top(p) end
  -- How deep the reference calls a handler that fails again and again, and when finalizers run, shows in what a hook counts.
  local function body(p)
    local text
    repeat text = p:of(unit[2]) until p.threads or not (text:find("error(m)", 1, true) or text:find("__gc = function", 1, true))
    p.finalizes = p.finalizes or text:find("__gc = function", 1, true)
    return text
  end
  return { top = own(writer.choose(p, own(top))), body = function(p) return "do " .. own(writer.choose(p, own(body(p)))) .. " end" end }
end

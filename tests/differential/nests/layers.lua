-- The ways of calling in the programs of nests.lua. Each is a function $L of two values that calls the one below, $D, by $X or by itself; $E is
-- what happens in it late. Most give a value or two.

local writer = ...

local layers = {
  "$F return $D(a, b) end", "$F return $D(a, b) end", "$F return ($D(a, b)) end", "$F local x = $D(a, b) $E return x end", "$F local x, y = $D(b, a) return y, x end", "$F $D(a, b) $E return a, b end",
  "$V return $D(...) end", "$V local a, b = ... $E return $D(b, a) end", "$V return $D(select(2, 0, ...)) end", "$V local x = $D(...) return x, select('#', ...) end", "$V return select('#', $D(...)), (...) end", "$V return (select(-1, 0, $D(...))) end",
  "$F local t = {$D(a, b)} return unpack(t) end", "$F return {$D(a, b), x = $D(b)}, a end", "$V local t = {n = select('#', ...), ...} $E return $D(t[1], t.n) end", "$L = function(...) return $D(arg.n, arg[1]) end",
  -- Protected, and thrown again.
  "$F local ok, x, y = pcall($D, a, b) if not ok then $(once(x)|error(x, $<0,3>)|x = 1) end $E return x, y end", "$F return pcall($D, a, b) end", "$F return select(2, pcall($D, a, b)) end", "$F local ok, x = pcall(function() $E return $D(a, b) end) return x, ok end",
  "$F local ok, x = xpcall(function() return $D(a, b) end, $(any|function(m) $E return m end|function(m) return type(m) end|function(m) once(m) return 1 end|type)) return x end", "$F return pcall(pcall, $D, a, b) end", "$F local ok, m = pcall($D, a, b) if not ok then $E return error(m, $<0,2>) end return m end",
  -- Metamethods.
  "local M$K = setmetatable({}, {__$(add|sub|mul|div|mod|pow) = function(o, b) $E return $D($(b, A|b|A, o)) end}) $F return $(M$K + b|M$K + 1|1 + M$K|(M$K + a)|M$K + M$K) end",
  "local M$K = setmetatable({}, {__add = function(o, b) $E return $D(b, A) end}) $F $(local x = M$K + b return x, a|return M$K + b|return (1 + M$K)|b = M$K + a return b, b) end",
  "local M$K = setmetatable({}, {__unm = function(o) $E return $D(A, B) end}) $F $(return -M$K|local x = -M$K return x, b) end",
  "local M$K = setmetatable({}, {__index = function(t, k) $E return $D(k, B) end}) $F $(return M$K[a]|return M$K.x|return M$K[a or 1], b|local x = M$K.y.x return x|return M$K[1]) end",
  "local M$K = setmetatable({}, {__index = setmetatable({}, {__index = function(t, k) $E return $D(k, B) end})}) $F $(return M$K.x|return M$K[a]|local x = M$K.x return x, a) end",
  "local M$K, R$K = setmetatable({}, {__newindex = function(t, k, v) $E R$K = $D(k, v) end}) $F $(M$K.x = a|M$K[a or 1] = b|M$K.x, M$K.y = a, b|M$K[1] = a) return R$K, a end",
  "local M$K = setmetatable({}, {__call = function(self, a, b) $E return $D(a, b) end}) $F $(return M$K(a, b)|local x = M$K(a, b) return x|return (M$K(a))|M$K(a) return b) end", "local M$K = setmetatable({}, {__call = function(self, ...) $E return $D(...) end}) $F $(return M$K(a, b)|local x = M$K(a, b) return x|return pcall(M$K, a, b)) end", "$L = setmetatable({}, {__call = function(self, a, b) $E return $D(a, b) end})",
  "local M$K = {} M$K.__$(lt|le) = function(a, b) $E return $D(A, B) end local P$K, Q$K = setmetatable({}, M$K), setmetatable({}, M$K) $F $(return P$K < Q$K|return P$K <= Q$K|if P$K < Q$K then return a end return b|if not (P$K <= Q$K) then return a end return b|while P$K < Q$K do return a, b end return b|local x = P$K > Q$K return x, a|repeat local x = P$K < Q$K until true return 1) end",
  "local M$K = {} M$K.__eq = function(a, b) $E return $D(A, B) end local P$K, Q$K = setmetatable({}, M$K), setmetatable({}, M$K) $F $(return P$K == Q$K|if P$K == Q$K then return a end return b|if P$K ~= Q$K then return a end return b|local x = P$K ~= Q$K return x) end",
  "local M$K = setmetatable({}, {__concat = function(p, q) $E return $D(A, B) end}) $F $(return M$K .. a|return 'x' .. M$K|return M$K .. M$K|local x = 1 .. M$K return x, a|return 'a' .. 'b' .. M$K|return A .. M$K .. '') end", "local U$K = userdata{__len = function(o) $E return $D(A, B) end, __index = function(o, k) return $D(k, B) end} $F return $(#U$K|U$K.x|#U$K, a|U$K[a]) end",
  "local M$K = setmetatable({}, {__tostring = function(o) $E return 'v' .. tostring(num($D(A, B))) end}) $F return tostring(M$K) end",
  -- Iterators.
  "$F local x = 0 for k, v in function(s, c) $E if c < $<1,3> then return c + 1, $D(a, b) end end, nil, 0 do x = mix(x, k, v) end return x end", "local function I$K(s, c) if c < 2 then $E return c + 1, $D(s, c) end end $F local x = 0 for k, v in I$K, a, 0 do x = mix(x, v) $(|if k == 1 then break end) end return x end",
  "local I$K = setmetatable({}, {__call = function(self, s, c) if c < 2 then return c + 1, $D(s, c) end end}) $F local x = 0 for k, v in I$K, a, 0 do x = mix(x, v) $E end return x end", "$F for k, v in $(pairs|ipairs) {a, b, 3} do local x = $D(k, v) $E if x then return x, k end end return 0 end",
  "$F for x, y in $D, a, b do $E return y, x end return b end", "$F local x = 0 for k, v in next, {a or 1, x = b} do x = mix(x, $D(v, k)) end return x end", "$F local i = 0 while true do i = i + 1 $E local x = $D(a, i) if i > 2 or x then return x, i end end end", "$F local i = 0 repeat local x, y = $D(a, i) i = i + 1 $E until i > 1 or x return i end",
  "$F local x = 0 for i = $(1, 3|3, 1, -1|0.5, 2|-1, 1|1, 2, 0.5) do x = mix(x, $D(a, i)) $E end return x end", "$F local x for i = 1, 2 do local c = function() x = i return $D(i, a) end x = c() $E end return x end",
  -- Closures, methods, functions of the library that call.
  "$F local x = a local function c() $E x = $D(x, b) return x end c() return c(), x end", "$F local function get() return a, b end local function set(v) a = v end set($D(get())) $E return get() end", "local K$K = {} $F K$K[turn % 5] = function() $E return $D(a, b) end local f = K$K[(turn + 1) % 5] return f and f(), K$K[turn % 5]() end",
  "local C$K = {} C$K.__index = C$K function C$K:m(a, b) $E return $D(a, b) end local O$K = setmetatable({}, $(C$K|{__index = setmetatable({}, C$K)})) $F $(return O$K:m(a, b)|local x = O$K:m(b) return x|return (O$K:m(a, b))|return O$K.m(nil, a, b)) end", "function string.nest$K(s, a, b) $E return $D(a, b) end $F $(return ('x'):nest$K(a, b)|local x = ('x'):nest$K(a) return x|local s = 's' .. a % 3 return s:nest$K(b)) end",
  "$F local x = 0; ('ab'):gsub('.', function(c) $E x = mix(x, $D(a, c)) return $(nil|x|c) end) return x end", "$F local t = {3, 1, 2} table.sort(t, function(p, q) $E $D(a, b) return p < q end) return t[1], t[3] end", "$F return table.foreachi({a, b}, function(k, v) $E return $D(k, v) end) end", "$F return (loadstring('local f, a, b = ... return $(f(a, b)|(f(a, b))|pcall(f, a, b))', '=piece'))($D, a, b) end",
  "$F if a == nil then return b end if type(b) == 'number' and b > 0 and b < 4 then return $L(a, b - 1) end $E return $D(a, b) end", "local function R$K(k, a, b) if k == 0 then $E return $D(a, b) end $(return R$K(k - 1, a, b)|local x, y = R$K(k - 1, b, a) return x, y|return (R$K(k - 1, a, b))) end $F return R$K($<1,6>, a, b) end",
  "local E$K = setfenv(function(a, b) $E GV = a return down(a, b) end, setmetatable({down = function(...) return $D(...) end}, {__index = getfenv(1)})) $F return E$K(a, b) end", "GN$K = function(a, b) $E return $D(a, b) end $F return GN$K(a, b) end", "$F return any($D(a, b)) end", "$F return pass($D, a, b) end", "$F return math.max(num((($D(a, b)))), 2) end", "$F return assert($D(a, b) or 1) end", "$F return setmetatable({x = $D(a, b)}, MT).x end",
  "$F local x $(if a then x = $D(a, b) else x = $D(b, 1) end|x = a and $D(a, b) or b|x = not $D(a, b)|x = $D(a) == $D(b)|x = $D(a, $D(b))) $E return x end",
}
local threads = {
  "local T$K $F if not T$K then T$K = coroutine.wrap(function(a, b) while true do $E a, b = coroutine.yield($D(a, b)) end end) end local ok, x = pcall(T$K, a, b) if not ok then once(x) T$K = nil return 1 end return x end",
  "$F return coroutine.wrap(function(...) $E return $D(...) end)(a, b) end", "$F local x = 0 for v, w in coroutine.wrap(function() for i = 1, 2 do $E coroutine.yield($(i, $D(a, i)|$D(a, b))) end end) do x = mix(x, v, w) end return x end",
  "$F local co = coroutine.create(function(a, b) $E local c = coroutine.yield(a) return $D(b, c) end) coroutine.resume(co, a, b) local ok, x = coroutine.resume(co, b) if not ok then once(x, coroutine.status(co)) end return x, coroutine.status(co) end", "local T$K $F if not T$K or coroutine.status(T$K) == 'dead' then T$K = coroutine.create(function(a) for i = 1, 50 do local x = coroutine.yield(i, a) $E mixed($D(x, i)) end end) end return select(2, coroutine.resume(T$K, a, b)) end",
  "$F local function deeper(k) if k > 0 then local x = deeper(k - 1) return x end return coroutine.yield($D(a, b)) end local co = coroutine.wrap(function() $E deeper(3) return 'over' end) return co(), co(b) end", "$F local me = coroutine.running() local x = $D(a, b) $E return x, me == coroutine.running(), me and coroutine.status(me) end",
}

-- By functions of nests/foreign.c, in the table C.
local foreign = {
  "$F return C.call($D, a, b) end", "$F $E return (C.one($D, a, b)) end", "$F local x, y = C.call($D, b, a) $E return y, x end", "$F local ok, x, y = C.pcall($D, a, b) if not ok then $(once(x)|error(x, $<0,2>)|x = 1) end $E return x, y end", "$F return C.pcall($D, a, b) end", "$F local x, m, m2 = C.handled($(any|function(m) $E return m end|type), $D, a, b) if x ~= 0 then once(m) end return m, x end", "$F local x, m = C.cpcall(function() $E x = $D(a, b) end) if m then once(m) end return x end",
  "local K$K = C.counter(0, a) $F local x = K$K() if x % $<2,4> == 0 then return $D(a, x) end $E return $D(b, a) end", "$F local x = 0 for k, v in C.iterate, $<1,3>, 0 do $E x = mix(x, k, v, $D(a, k)) end return x end", "local U$K = C.userdata(function(...) $E return $D(A, select('#', ...)) end) $F $(return U$K.x|return U$K[a]|return U$K + b, a|return 1 + U$K|return -U$K|return U$K .. 'x'|return a .. U$K|return #U$K|return U$K < U$K|if U$K <= U$K then return a end return b|return U$K(a, b)|local x, y = U$K(a) return x, y|U$K.x = a return b|U$K[a] = b|return U$K == U$K, U$K.y|return U$K:x(a)) end",
  "local U$K, V$K = C.userdata(), C.userdata() $F local x = $(U$K + b|U$K.x|U$K(a, b)|-U$K|#U$K|U$K .. a|U$K < V$K and 1 or 2) $E return $D(a, x) end", "local M$K = setmetatable({}, {__index = function(t, k) $E return $D(k, B) end, __newindex = function(t, k, v) $D(k, v) end}) $F $(return C.field(M$K)|return C.get(M$K, a)|C.setfield(M$K, b) return a|C.set(M$K, a or 1, b) return a|return (C.get(M$K, 'q'))) end", "local M$K = {} M$K.__lt = function(a, b) $E return $D(A, B) end M$K.__eq = M$K.__lt M$K.__concat = function(a, b) return $D(A, 1) end local P$K, Q$K = setmetatable({}, M$K), setmetatable({}, M$K) $F $(return C.compare(P$K, Q$K)|local x, y = C.compare(P$K, Q$K) return y, x|return C.concat(P$K, a or 1, Q$K)|return C.concat('x', P$K)) end",
  "$F local x = C.wide($<1,600>) $E return $D(a, x) end", "$F C.wide(turn % 900) return $D(a, b) end", "$F if turn % 100 == 7 then print(C.look()) end return $D(a, b) end", "$F local f = C.ref($D) $E return f(a, b) end", "$F return C.global($D)(a, b) end", "local M$K = setmetatable({}, {__index = C.ref, __call = C.one, __add = C.compare, __newindex = C.rawset}) $F $E M$K[a or 1] = b return $D(M$K[turn] and b, a) end", "$F return C.call(C.pcall, $D, a, b) end", "$F return pcall(C.call, $D, a, b) end", "$F local ok, m = pcall(C.error, $(a|b|OBJ)) return $D(m, b) end", "$F local ok, m = pcall(C.text, $(a|'why')) once(m) $E return $D(a, b) end", "$F local ok, x = pcall(C.check, a, b) if not ok then once(x) end return $D(x, a) end", "$F table.sort({3, 1, 2}, function(p, q) C.call($D, a, b) return p < q end) return a end",
}
local foreign_threads = {
  "local T$K $F if not T$K then T$K = coroutine.wrap(function(a, b) while true do $E a, b = C.yield($D(a, b)) end end) end local ok, x = pcall(T$K, a, b) if not ok then once(x) T$K = nil return 1 end return x end", "local T$K $F T$K = T$K or C.thread(function(a) while true do local x = $D(a, 1) $E a = $(coroutine.yield(x, 5)|C.yield(x)) end end) local x, y, z = C.resume(T$K, a, b) if x ~= 1 then once(y) T$K = nil end return y, z end", "$F local x = 0 for v in coroutine.wrap(function() for i = 1, 2 do C.yield(i) $E end C.yield($D(a, b)) end) do x = mix(x, v) end return x end", "$F local co = coroutine.create(function(...) return C.yield(...) end) coroutine.resume(co, a, b) return $D(select(2, coroutine.resume(co, b))) end", "$F local co = C.thread(function(...) return C.yield(...) end) C.resume(co, a) local x, y = C.resume(co, b) $E return $D(y, x) end", "$F return select(2, C.resume(C.thread($D), a, b)) end",
}

local heads = { "function $L(a, b)", "$L = function(a, b)", "function $L(a, b, ...)" }

function writer.layer(p, k, event)
  local is_foreign = p.foreign and p:chance(50)
  local text = p:of(p.threads and p:chance(35) and (is_foreign and foreign_threads or threads) or is_foreign and foreign or layers)
  -- The head of the function: named by the compiler either way.
  text = text:gsub("%$F", p:of(heads)):gsub("%$V", p:of { "function $L(...)", "$L = function(...)" })
  text = text:gsub("%$([LDKE])", function(c) return c == "L" and "L" .. k or c == "D" and "L" .. k - 1 or c == "K" and tostring(k) or "$E" end)
  text = writer.choose(p, text)
  return (text:gsub("%$E", function() return event end))
end

-- The bottom: what a unit does, or next to nothing.
function writer.leaf(p, event, units)
  local unit = p:of(units)
  local work = p:chance(60) and unit.body(p):gsub("%f[%w_]r%f[^%w_]", "turn") or ""
  local body = writer.choose(p, p:of {
    "return a, b", "return mixed(a, b)", "return b", "A = num(a) % 50 return A, B", "B = A return a", "local x = a if type(x) == 'number' then x = x + 1 end return x", "return turn % 5, a", "return a == b, a", "return", "return turn % 3 ~= 0 and a", "n = mix(n, a) return n % 7", "return OBJ.x, a", "return OBJ + a", "return OBJ(a, b)", "return type(a), b",
  })
  return ("%s %s %s do %s end end"):format(p:of { "function L0(a, b)", "L0 = function(a, b)", "function L0(a, b, ...)", "function L0(...) local a, b = ..." }, work, event, body)
end

-- Well-known recursive functions in recursion.lua, with choices in their texts (choices.lua), and $E: something that happens late, in a
-- loop whose variable is r and whose function is f.

local writer = ...
local fmt = string.format

local shapes = {}

shapes.fib = [[
local calls = 0
local f
$(f = function|function f|local function f)(n$(|, a|, a, b))
  $(|calls = calls + 1|calls = calls + n)
  if n < 2 then return $(n|1|n, 1|0.5|n * $N) end
  $(|do local x = f(n - 1) return x + f(n - 2) end|do local x, y = f(n - 1), f(n - 2) return x + y, y end)
  return f(n - 1$(|, n|, 1, 2, 3)) + $(f(n - 2)|(f(n - 2))|f(n - 2, 1))
end
for r = 1, $<20,60> do $E local ok, v, w = pcall(f, r % $<9,13>) if r % 9 == 0 or not ok then say(r, v, w, calls) end end]]

shapes.ackermann = [[
local $(f f = function|function f)(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return f(m - 1, 1) end
  return f(m - 1, $(f(m, n - 1)|(f(m, n - 1))))
end
for r = 1, 8 do $E say(pcall(f, 2, r)) end say(f(3, $<2,3>))]]

shapes.tak = [[
local $(f f = function|function f)(x, y, z$(|, depth))
  if $(y >= x|not (y < x)) then return $(z|z, x|z + 0.5) end
  return f(f(x - 1, y, z), f(y - 1, z, x), $(f(z - 1, x, y)|(f(z - 1, x, y))))
end
for r = 1, $<4,30> do $E say(pcall(f, r % 9, r % 5, $(1|0|r % 3|0.5|NZ))) end]]

shapes.tree = [[
local function make(d) if d == 0 then return $({}|{n = 1}|false) end return {make(d - 1), make(d - 1), n = d} end
local nodes = 0
local function f(t$(|, d))
  $(|nodes = nodes + 1)
  if $(not t or not t[1]|t and t[1] == nil or not t) then return 1 end
  $(|do local l = f(t[1]) return l + f(t[2]) + (t.n or 0) end|if t.n % 2 == 0 then return f(t[2]) - f(t[1]) end)
  return f(t[1]) + f(t[2]) $(|+ t.n|* 0.5)
end
local t = make($<5,8>)
for r = 1, 12 do $E say(pcall(f, r % 5 == 4 and make(3) or t)) if r == 9 then t[1].n, t[2][1] = $('5'|nil|{}|2), $(false|'text'|{}|5) end end say(nodes)]]

shapes.lists = [[
local function cons(h, t) return {head = h, tail = t} end
local function list(a, b) if a > b then return nil end return cons(a, list(a + 1, b)) end
local function length(l) if not l then return 0 end return 1 + length(l.tail) end
local function map(l, f) if l == nil then return nil end return cons(f(l.head), map(l.tail, f)) end
local function filter(l, f) if not l then return end if f(l.head) then return cons(l.head, filter(l.tail, f)) end return filter(l.tail, f) end
local function fold(l, f, v) if not l then return v end return fold(l.tail, f, f(v, l.head)) end
local function append(a, b) if not a then return b end return cons(a.head, append(a.tail, b)) end
local function reverse(l, r) if not l then return r end return reverse(l.tail, cons(l.head, r)) end
local function f(a, b) return a + b end
local l = list(1, $<20,120>)
for w = 1, $(0|100|300|900) do length(map(l, math.abs)) end
for r = 1, $<10,40> do
  $E
  local m = map(l, function(v) return v * $(2|0.5|r) end)
  say(r, length(m), pcall(fold, m, f, 0))
  if r == $<5,12> then l = append(filter(l, function(v) return v % 2 == 0 end), $(cons('7')|cons({})|cons(0 / 0)|nil)) end
  if r % 7 == 0 then l = reverse(l) collect() end
end]]

shapes.tails = [[
local steps = 0
local function gcd(a, b) if b == 0 then return a end return gcd(b, a % b) end
local function collatz(n, k) k = k or 0 if n == 1 then return k end if n % 2 == 0 then return collatz(n / 2, k + 1) end return collatz(3 * n + 1, k + 1) end
local function f(n, v, ...) steps = steps + 1 if n <= 0 then return v, ... end return f(n - 1, v + n$(|, ...|, n)) end
local last function last(n, v) if n <= 0 then return $(f(2, v)|max(v, 3)|tostring(v)|select(1, v)|unpack({v, n})|pcall(f, 3, v)|error('end', 2)|error({})) end return last(n - 1, v + 1) end
local max = math.max
for w = 1, $(0|100|300|900) do f(w % 20, 1) pcall(last, w % 8, 2) end
for r = 1, $<20,50> do $E say(r, gcd(r * 12, 18 * r + 6), collatz(r), pcall(f, r * $<1,20>, $(0|0.5|NZ|'5'))) say(pcall(last, r * 5, r)) end say(steps)
say(pcall(f, 5000, 1))]]

shapes.even_odd = [[
local odd
local function even(n) if n == 0 then return true end $(return odd(n - 1)|return (odd(n - 1))|local v = odd(n - 1) return v) end
function odd(n) if n == 0 then return false end return $(even(n - 1)|not not even(n - 1)|even(n - 1), n) end
local F, f
local function M(n) if n == 0 then return 0 end return n - F(M(n - 1)) end
function F(n) if n == 0 then return 1 end return n - M(F(n - 1)) end
f = F
for w = 1, $(0|100|300|900) do even(w % 9) f(w % 7) end
for r = 1, $<30,60> do $E say(even(r), odd(r * 2), pcall(f, r % 20)) if r == 40 then $(M = math.abs|F = function(n) return n end|odd = even|M = nil|F = function(n) return n, n end) end end]]

shapes.permutations = [[
local count, sum, a = 0, 0, {}
local function visit(a) count = count + 1 sum = (sum * 31 + a[1] * 10 + a[#a]) % 1000003 $E end
local r, f = 0, visit
local function permute(n)
  r = r + 1
  if n == 0 then return f(a) end
  for i = 1, n do a[i], a[n] = a[n], a[i] permute(n - 1) a[i], a[n] = a[n], a[i] end
end
for i = 1, $<4,6> do a[i] = i end
say(pcall(permute, #a)) say(count, sum)
local function queens(n, row, cols, d1, d2)
  if row > n then return 1 end
  local found = 0
  for c = 1, n do
    if not cols[c] and not d1[row + c] and not d2[row - c] then
      cols[c], d1[row + c], d2[row - c] = true, true, true
      found = found + queens(n, row + 1, cols, d1, d2)
      cols[c], d1[row + c], d2[row - c] = $(nil, nil, nil|false, false, false)
    end
  end
  return found
end
say(queens($<4,6>, 1, {}, {}, {}))]]

shapes.visitors = [[
local Num, Add, Mul, Neg, Var = {}, {}, {}, {}, {}
for _, c in ipairs {Num, Add, Mul, Neg, Var} do c.__index = c end
$(|setmetatable(Mul, Add)|setmetatable(Add, {__index = function(t, k) return Num[k] end}))
function Num:eval() return self.v end
function Add:eval(env) return self.a:eval(env) + self.b:eval(env) end
function Mul:eval(env) return self.a:eval(env) * self.b:eval(env) end
function Neg:eval(env) return $(-self.a:eval(env)|0 - self.a:eval(env)) end
function Var:eval(env) return env[self.name] end
function Num:size() return 1 end
function Add:size() return 1 + self.a:size() + self.b:size() end
Mul.size, Var.size = Add.size, Num.size
function Neg:size() return 1 + self.a:size() end
local seed = $<1,1000>
local function build(d)
  seed = (seed * 16807) % 2147483647
  if d == 0 then return seed % 2 == 0 and setmetatable({v = seed % 9}, Num) or setmetatable({name = 'xyz' and ('xyz'):sub(seed % 3 + 1, seed % 3 + 1)}, Var) end
  local k = seed % 5
  if k == 0 then return setmetatable({a = build(d - 1)}, Neg) end
  return setmetatable({a = build(d - 1), b = build(d - 1)}, k < 3 and Add or Mul)
end
local tree, env, f = build($<4,7>), {x = 1, y = 2, z = 0.5}, nil
f = function(r) env.x = r return tree:eval(env) end
for w = 1, $(0|100|300|900) do f(w) end
for r = 1, $<20,60> do
  $E
  if r == 15 then $(env.y = '4'|env.z = nil|env.z = {}|env.y = NAN|Num.eval = function() return 1, 2 end|Add.eval = nil|Neg.eval = math.abs|Var.eval = function(self, env) return stack(4, env[self.name]) end|env = setmetatable({}, {__index = function(t, k) return #k end})) end
  say(r, tree:size(), pcall(f, r))
end]]

shapes.strings = [[
local function reverse(s) if #s <= 1 then return s end return reverse(s:sub(2)) .. s:sub(1, 1) end
local function palindrome(s) if #s < 2 then return true end return s:byte() == s:byte(-1) and palindrome(s:sub(2, -2)) end
local text, at
local function peeked() return text:sub(at, at) end
local expression
local function factor()
  local c = peeked()
  if c == '(' then at = at + 1 local v = expression() if peeked() ~= ')' then error('no ) at ' .. at, $(0|1|2)) end at = at + 1 return v end
  if c == '-' then at = at + 1 return -factor() end
  local digits = text:match('^%d+', at)
  if not digits then error($('bad ' .. c|{at = at}|'bad', 2)) end
  at = at + #digits
  return $(tonumber(digits)|digits + 0|digits)
end
local function term() local v = factor() while peeked() == '*' or peeked() == '/' do local op = peeked() at = at + 1 local w = factor() if op == '*' then v = v * w else v = v / w end end return v end
function expression() local v = term() while peeked() == '+' or peeked() == '-' do local op = peeked() at = at + 1 local w = term() v = op == '+' and v + w or v - w end return v end
local function f(s) text, at = s, 1 return expression(), at end
local some = {'1+2*3', '(1+2)*3', '-(4-(5-(6-7)))*2', '((((((7))))))/2', '1+', '(2*3', '9*9*9*9-8*8*8', '((1+2)*(3+4)-(5*6))/(7-7)'}
for w = 1, $(0|100|300|900) do f('(1+2)*3-4') end
for r = 1, $<40,120> do $E local ok, v, w = pcall(f, some[r % #some + 1]) say(r, ok, v, w) end
say(reverse('recursive'), palindrome('abcdedcba'), palindrome('ab')) for r = 1, 100 do reverse('text' .. r) palindrome(('a'):rep(r % 20)) end]]

shapes.varargs = [[
local function f(n, ...) if n <= 0 then return $(...|select('#', ...), ...|count(...), (...)) end return f(n - 1, n, ...) end
local function add(v, ...) if v == nil then return 0 end return v + add(...) end
local function each(k, v, ...) if select('#', ...) == 0 then return v and v * k or k end return v, each(k, ...) end
local function pass(...) local a, b = ... if a == 0 then return b, ... end return $(pass(a - 1, (b or 0) + 1, ...)|pass(a - 1, ...)) end
local function fixed(a, b, c) $(local t = {a, b, c} return #t|return c, b, a|return a) end
for w = 1, $(0|100|300|900) do f(w % 6) add(w, 2, 3) each(2, w, 5, 6) pass(w % 4, 1, 2) fixed(w) end
for r = 1, $<60,200> do
  $E
  say(r, select('#', f(r % 30)), add(f(r % 12, 1)), each(2, unpack({1, 2, 3, 4, 5, 6, 7}, 1, r % 7)))
  say(pcall(pass, r % 9, 1)) say(fixed(f(r % 4))) say(fixed(r, f(r % 3)), fixed((f(r % 5))))
end]]

shapes.results = [[
local function f(n) if n == 0 then return 1, 1 end local a, b = f(n - 1) return b, $(a + b|(a + b) % 1000, n) end
local function none(n) if n > 0 then none(n - 1) end $(|return) end
local function many(n) if n == 0 then return end return n, many(n - 1) end
local function halves(n) if n < 1 then return n, n end local a, b, c = halves(n / 2) return c or b, a, n end
local function cut(n) if n == 0 then return 1, 2, 3 end return (cut(n - 1)) end
for w = 1, $(0|100|300|900) do f(w % 5) none(w % 4) many(w % 5) halves(w % 9) cut(w % 4) end
for r = 1, $<60,200> do
  $E
  local a, b, c, d = f(r % 20) local t = {none(r % 5), many(r % 6), halves(r)}
  say(r, a, b, c, d, #t, t[1], t[#t], cut(r % 4), many(r % 7)) say(none(3), (none(2)), select('#', none(r % 3)), select('#', (none(1))))
  local u = {many(3), many(4), k = many(2), many(r % 5)} say(#u, u[1], u[2], u[#u], u.k)
end]]

shapes.sorts = [[
local swaps, f = 0, function(a, b) return a < b end
local function quick(t, lo, hi)
  if lo >= hi then return end
  local pivot, i = t[hi], lo - 1
  for j = lo, hi - 1 do if f(t[j], pivot) then i = i + 1 t[i], t[j] = t[j], t[i] swaps = swaps + 1 end end
  t[i + 1], t[hi] = t[hi], t[i + 1]
  quick(t, lo, i)
  $(return quick(t, i + 2, hi)|quick(t, i + 2, hi))
end
local function merge(t)
  if #t < 2 then return t end
  local a, b = {}, {}
  for k, v in ipairs(t) do if k <= #t / 2 then a[#a + 1] = v else b[#b + 1] = v end end
  a, b = merge(a), merge(b)
  local out, i, j = {}, 1, 1
  while a[i] or b[j] do if not b[j] or a[i] and f(a[i], b[j]) then out[#out + 1] = a[i] i = i + 1 else out[#out + 1] = b[j] j = j + 1 end end
  return out
end
for r = 1, $<8,25> do
  $E
  local t, x = {}, r for k = 1, $<20,80> do x = x * 7919 % 1009 t[k] = $(x|x / 2|x - 500) end
  if r == 7 then t[5] = $(nil|'text'|{}|0 / 0|x) end
  say(r, pcall(quick, t, 1, #t)) say(t[1], t[2], t[#t], swaps) local ok, u = pcall(merge, t) if ok then say(#u, u[1], u[#u]) else say(u) end
end]]

shapes.numbers = [[
local function f(x, n) if n == 0 then return 1 end if n % 2 == 1 then return x * f(x, n - 1) end local h = f(x, n / 2) return h * h end
local function hanoi(n, a, b, c) if n == 0 then return 0 end return hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a) end
local function digits(n) if n < 10 then return n end return n % 10 + digits(math.floor(n / 10)) end
local function series(n, s) if n == 0 then return s end return series(n - 1, s + $(1 / n|-s / n|0 * s|n * 1e300)) end
local function choose(n, k) if k == 0 or k == n then return 1 end return choose(n - 1, k - 1) + choose(n - 1, k) end
local values = {0, NZ, 1, -1, 0.5, -2.5, 1e300, -1e300, INF, -INF, NAN, 2^31, 2^53, 3}
for r = 1, $<30,80> do
  $E
  local v = values[r % #values + 1]
  say(r, v, pcall(f, v, r % 12)) say(series(r % 9, v), hanoi(r % 6, 1, 2, 3), digits(r * 7919), choose(r % 9, r % 9 % 4)) say(1 / f(v, 1), 1 / -f(v, 3))
end]]

shapes.protected = [[
local depth, r = 0, 0
local function f(n, how)
  depth = depth + 1
  if n == 0 then
    if how == 1 then error('bottom') elseif how == 2 then error({n}) elseif how == 3 then error('level 2', 2) elseif how == 4 then error('level 3', 3)
    elseif how == 5 then return nil + n elseif how == 6 then return n.x.y elseif how == 7 then return undefined(n) elseif how == 8 then error() elseif how == 9 then local t = how .. {} end
    return depth
  end
  $(|if n % 3 == 0 then local ok, m = pcall(f, n - 1, how) if ok then return m end error(m, $(0|1|2)) end)
  $(local v = f(n - 1, how) return v + 1|return f(n - 1, how)|return 1 + f(n - 1, how)|for i = n, n do local v = f(n - 1, how) return v end)
end
local function g(n, how) return $(f(n, how)|(f(n, how))) end
for w = 1, $(0|100|300|900) do pcall(f, w % 6, 0) end
for k = 1, $<60,150> do
  r = k
  $E
  say(r, pcall(g, r % 17, r % 11)) if r % 40 == 0 then say(xpcall(function() return g(r % 13, r % 7) end, caught)) print((select(2, xpcall(function() g(r % 30, r % 5) end, debug.traceback)))) end
end say(depth)]]

shapes.generators = [[
local function insert(t, v) if not t then return {v = v} end if v < t.v then t.l = insert(t.l, v) else t.r = insert(t.r, v) end return t end
local function walk(t) if t then walk(t.l) coroutine.yield(t.v$(|, t.l and 1 or nil)) $(walk(t.r)|return walk(t.r)) end end
local function f(a, n) if n == 0 then coroutine.yield(a) else for i = 1, n do a[i], a[n] = a[n], a[i] f(a, n - 1) a[i], a[n] = a[n], a[i] end end end
local function down(n) if n == 0 then return coroutine.yield('bottom') end local v = down(n - 1) return v and v + n end
local t, x = nil, $<1,500> for k = 1, $<20,100> do x = x * 7919 % 1009 t = insert(t, x) end
for r = 1, $<4,15> do
  $E
  local sum = 0 for v in coroutine.wrap(function() walk(t) end) do sum = sum * 3 % 1000003 + v end
  local n = 0 pcall(function() for a in coroutine.wrap(function() f({1, 2, 3, 4}, 4) end) do n = n * 5 % 1000003 + a[1] * 10 + a[4] end end)
  say(r, sum, n)
  local co = coroutine.create(down) say(coroutine.resume(co, r * $<1,15>)) print((debug.traceback(co))) say(coroutine.resume(co, $(r|'5'|nil|{}))) say(coroutine.status(co))
end]]

shapes.continuations = [[
local function f(n, k) if n == 0 then return k(1) end return f(n - 1, function(v) return k($(v + n|v * n % 1000|(v - n) * 0.5)) end) end
local function Y(g) return (function(x) return x(x) end)(function(x) return g(function(...) return x(x)(...) end) end) end
local fact = Y(function(me) return function(n) if n == 0 then return 1 end return n * me(n - 1) end end)
local function counter(n) local v = n return function() v = v + 1 return v end, function(w) v = w end end
local function nest(n) if n == 0 then return function(v) return v end end local g = nest(n - 1) return function(v) return g(v + n) end end
local function compose(g, h) return function(...) return g(h(...)) end end
local function shared(n) local v = 0 local function inc(d) v = v + d if d > 0 then inc(d - 1) end return v end inc(n) v = v * 2 return inc(n), v end
for w = 1, $(0|100|300|900) do f(w % 6, tostring) fact(w % 6) nest(w % 5)(w) shared(w % 5) end
for r = 1, $<30,80> do
  $E
  local get, set = counter(r) get() set(get() * 2)
  say(r, pcall(f, r % 25, function(v) return v, r end)) say(fact(r % 12), get(), nest(r % 9)(r), compose(math.abs, nest(r % 4))(-r), shared(r % 10))
end]]

shapes.types = [[
local M = {} M.__index = M
local function wrap(v) return setmetatable({v = v}, M) end
M.__add = function(a, b) return wrap((type(a) == 'table' and a.v or a) + (type(b) == 'table' and b.v or b)) end
M.__mul = function(a, b) return M.__add(b, a) end
M.__lt = function(a, b) return (type(a) == 'table' and a.v or a) < (type(b) == 'table' and b.v or b) end
M.__call = function(self, n) return n + self.v end
M.__tostring = function(self) return 'M' .. self.v end
local function f(n, v$(|, w)) if n == 0 then return v end $(|if v == nil then return 0 end) return f(n - 1, $(v + n|v + 1|v * 1|v)) end
local function g(n, v) if n == 0 then return 0 end return $(v + g(n - 1, v)|g(n - 1, v) + v|v * 2 + g(n - 1, v)) end
local function less(n, a, b) if n == 0 then return a < b end return less(n - 1, b, a) end
local function calls(n, h) if n == 0 then return h(n) end return calls(n - 1, h) + h(n) end
local values = {1, 2.5, '3', wrap(4), nil, {}, 'x', true, NAN, math.abs, -0.5}
for w = 1, $(0|100|300|900) do f(w % 6, w) g(w % 5, 0.5) less(w % 3, w, 2) calls(w % 4, math.floor) end
for r = 1, $<80,200> do
  $E
  local v if r > 60 then v = values[r % 11 + 1] else v = r end
  local ok, m = pcall(f, r % 9, v) say(r, ok, type(m) == 'table' and rawget(m, 'v') or m)
  ok, m = pcall(g, r % 7, v) say(ok, type(m) == 'table' and rawget(m, 'v') or m) say(pcall(less, r % 5, v, 3)) say(pcall(calls, r % 6, v ~= r and v or math.floor))
end]]

shapes.hooks = [[
local log, seen = {}, 0
local function hook(e, l) seen = seen + 1 if #log < 60 then local i = debug.getinfo(2, 'nS') log[#log + 1] = e .. ':' .. tostring(l) .. ':' .. tostring(i.name) .. ':' .. i.what .. ':' .. i.linedefined end end
local function f(n)
  if n == 0 then return 0 end
  if n == set then debug.sethook(hook, $('cr'|'l'|'c'|'r'|''|'crl'), $(0|1|3|10)) end
  local v =
    f(n - 1)
  if n == unset then debug.sethook() end
  $(return v + 1|if v then return v + 1 end|return math.max(v + 1, 0)|return (tostring(v) + 1))
end
local function g(n) if n > 0 then return g(n - 1) end return f(8) end
for w = 1, $(0|100|300|900) do set, unset = nil, nil f(w % 12) g(w % 5) end
for r = 1, $<100,150> do set, unset = nil, nil f(r % 12) end
for r = 1, 12 do
  set, unset = $<1,9>, $<1,9> seen = 0 $E
  say(pcall($(f|g), r)) debug.sethook() say(seen, table.concat(log, ' ')) log = {}
end]]

shapes.debugs = [[
local function look(level, r)
  local list = {}
  for l = 1, level do
    local i = debug.getinfo(l + 1, 'nSlu') if not i then break end
    list[#list + 1] = tostring(i.name) .. ' ' .. i.namewhat .. ' ' .. i.what .. ' ' .. i.currentline
    if i.what == 'Lua' then local k = 1 while k < 9 do local name, v = debug.getlocal(l + 1, k) if not name or name:find '^%(' then break end list[#list + 1] = name .. '=' .. show(v) k = k + 1 end end
  end
  return table.concat(list, ', ')
end
local seen = 0
local function f(n, a, b)
  local c = a + n
  if n == 0 then
    seen = seen + 1
    if seen % 50 == 0 then print(look($<1,6>, seen)) end
    if seen > 100 and seen % 7 == 0 then say(poke_at($<1,4>, '$(a|b|c)', $(0.5|'7'|nil|{}|b))) end
    if seen == 150 then environ($<1,4>, 5) end
    return c
  end
  local d = f(n - 1, $(c|a|c % 100), b)
  $(|local e = f(n - 2 > 0 and n - 2 or 0, 1, 2))
  $(|do return f(0, d, a) end)
  return d + a + c + (b or 0)
end
for w = 1, $(0|100|300|900) do f(w % 4 + 1, w, 2) end
for r = 1, $<80,250> do $E local ok, v = pcall(f, r % 8, r, $(r|nil|0.5)) if r % 10 == 0 or not ok then say(r, v) end end]]

shapes.replaced = [[
local h = function(n) return n end
local T = {}
function g(n) if n <= 0 then return $(0|h(n)|T.f(0)) end return $(g(n - 1) + h(n)|h(n) + g(n - 1)|h(g(n - 1)) + 1|T.f(n - 1) + 1) end
function T.f(n) if n <= 0 then return 1 end return $(T.f(n - 1) + 1|g(n - 1) + h(n)|T.f(n - 1) + T.f(n - 2)|(g(n - 1))) end
local f = function(n) return g(n), T.f(n) end
local old, oldest, first = g, T.f, h
local news = {math.abs, math.max, function(n) return n * 2 end, function(...) return ..., 1 end, setmetatable({}, {__call = function(self, n) return n, self end}), function() end, 'text', nil, function(n) return tostring(n) end, function(n) if n > 0 and n < 20 then return old(n - 1) end return 5 end}
for w = 1, $(0|100|300|900) do f(w % 6) end
for r = 1, $<150,300> do
  $E
  if r > 100 and r % 9 == 0 then local new = news[r / 9 % 10 + 1] $(h = new|g = new or old|T.f = new|h, g = new, old) end
  if r > 100 and r % 9 == 5 then h, g, T.f = first, old, oldest end
  local ok, v, w = pcall(f, r % 8) if r > 95 or not ok then say(r, ok, v, w) end
end
g = nil]]

shapes.overflows = [[
local function f(n$(|, a, b)) $(return 1 + f(n + 1)|local v = f(n + 1) return v|return f(n + 1), 1|local t = {f(n + 1)} return t|f(n + 1) return 1) end
local function down(n) if n == 0 then return 0 end return 1 + down(n - 1) end
local function sums(n, ...) if n == 0 then return ... end return (sums(n - 1, n, ...)) end
for r = 1, 60 do down(r) sums(r % 9) end
for r = 1, $<60,90> do $E say(pcall(down, r % 7 * $<100,1500>)) if r == 62 then say(overflow(f, 1)) elseif r == 64 then say(overflow(sums, $(100|1000))) say(overflow(function() return $(f(1)|(f(1))|1 + f(1)) end)) end end
say(overflow(function() local ok, m = coroutine.resume(coroutine.create(f), 1) return m end)) say(overflow(function() local ok, m = xpcall(function() return f(1) end, $(function(m) return m end|debug.traceback)) return m end)) say(down(1000))]]

shapes.machine = [[
local ops, stack, top, f = {}, {}, 0, nil
function ops.push(v) top = top + 1 stack[top] = v end
function ops.pop() local v = stack[top] stack[top] = nil top = top - 1 return v end
function ops.add() ops.push(ops.pop() + ops.pop()) end
function ops.mul() ops.push((ops.pop() * ops.pop()) % 10007) end
function ops.dup() local v = ops.pop() ops.push(v) ops.push(v) end
function ops.run(code, depth)
  for i = 1, #code, 2 do
    local op, arg = code[i], code[i + 1]
    if op == 'call' then if depth > 0 then ops.run(arg, depth - 1) end elseif op == 'jz' then local v = ops.pop() ops.push(v) if v == 0 then return i end else ops[op](arg) end
  end
  return top
end
f = ops.run
local sub = {'push', 3, 'add', 0} local code = {'push', 1, 'call', sub, 'dup', 0, 'mul', 0, 'jz', 0, 'push', 2, 'add', 0}
sub[5], sub[6] = 'call', sub
for r = 1, $<50,150> do $E top = 0 say(r, pcall(f, code, r % 7)) say(stack[1], top) if r == 45 then $(ops.add = nil|ops.dup = math.abs|stack = {}|ops.mul = function(...) ops.push(7, ...) end|ops.push = function(v) top = top + 1 stack[top] = v return v end) end end]]

shapes.fill = [[
local W, H = $<6,14>, $<4,9>
local grid, visits, f
local function fill(x, y, c, old)
  if x < 1 or y < 1 or x > W or y > H then return end
  local row = grid[y]
  if row[x] ~= old then return end
  visits = visits + 1
  row[x] = c
  fill(x + 1, y, c, old) fill(x - 1, y, c, old) fill(x, y + 1, c, old)
  $(fill(x, y - 1, c, old)|return fill(x, y - 1, c, old))
end
f = fill
for r = 1, $<5,20> do
  grid, visits = {}, 0
  for y = 1, H do grid[y] = {} for x = 1, W do grid[y][x] = (x * 7 + y * r) % 5 == 0 and 1 or 0 end end
  $E
  if r == 4 then grid[2] = $(nil|false|grid[1]|setmetatable({}, {__index = function() return 0 end})) end
  say(r, pcall(f, 2, 2, 2, 0)) say(visits)
end]]

shapes.search_trees = [[
local size = 0
local function put(t, k, v) if t == nil then size = size + 1 return {k = k, v = v} end if k == t.k then t.v = v elseif k < t.k then t.l = put(t.l, k, v) else t.r = put(t.r, k, v) end return t end
local function get(t, k) if not t then return nil, 'none' end if k == t.k then return t.v, t end if k < t.k then return get(t.l, k) end return get(t.r, k) end
local function least(t) if t.l then return least(t.l) end return t.k, t.v end
local function del(t, k)
  if t == nil then return end
  if k < t.k then t.l = del(t.l, k) elseif k > t.k then t.r = del(t.r, k)
  else size = size - 1 if not t.l then return t.r end if not t.r then return t.l end t.k, t.v = least(t.r) size = size + 1 t.r = del(t.r, t.k) end
  return t
end
local function height(t) return t and 1 + math.max(height(t.l), (height(t.r))) or 0 end
local function sum(t) if t then return sum(t.l) + (tonumber(t.v) or 1) + sum(t.r) end return 0 end
local t, u, f = nil, nil, get
local function key(k) return $(k|k|k / 2|'k' .. k) end
for w = 1, $(0|100|300|900) do u = put(u, w * 7919 % 307, w) get(u, w % 100) end
for r = 1, $<60,200> do
  $E
  local k = r * 7919 % 211
  t = put(t, key(k), r)
  if r % 3 == 0 then t = del(t, key(k)) end
  if r % 5 == 0 then local ok, v, w = pcall(f, t, $(key(k)|key(r)|r)) say(r, ok, v, type(w), size, height(t), sum(t)) end
end]]

shapes.wide = (function()
  local names, set, sum = {}, {}, {}
  for k = 1, 60 do names[k] = "v" .. k set[k] = k % 4 == 0 and "n * " .. k or k % 4 == 1 and "'t" .. k .. "'" or k % 4 == 2 and "nil" or tostring(k) end
  for k = 4, 60, 4 do sum[#sum + 1] = "v" .. k end
  return "local seen = 0\nlocal function f(n, a)\n  local " .. table.concat(names, ", ") .. " = " .. table.concat(set, ", ") .. "\n  if n <= 0 then seen = seen + 1 if seen % 90 == 0 then stack(3) end return a end\n  v8 = f(n - 1, a + n)\n"
    .. "  v12, v16, v20 = f(n - 2, $(v8|n|v4))\n  if n == 5 and seen % 40 == 0 then v24 = $('5'|nil|{}|0.5) end\n  return " .. table.concat(sum, " + "):gsub("v16 ", "(v16 or 0) "):gsub("v20 ", "(v20 or 0) ") .. ", v60\nend\n"
    .. "for r = 1, $<30,90> do $E say(r, pcall(f, r % 9, r)) end"
end)()

shapes.garbage = [[
local kept = {}
local function f(n) if n == 0 then $(|collect('step')) return {} end local a, b = f(n - 1), {n, 'n' .. n} local c = function() return a, b end $(|kept[n] = c) return {a, c, n} end
local function depth(t) if not t[1] then return 0 end local a, b = t[2]() return 1 + (a == t[1] and b[1] == t[3] and depth(t[1]) or -1000) end
local function text(n) if n == 0 then return '' end return n .. text(n - 1) .. ('x'):rep(n % 3) end
for w = 1, $(0|100|300|900) do f(w % 9) end
for r = 1, $<20,60> do $E local ok, t = pcall(f, r % 30) if ok and type(t) == 'table' then say(r, depth(t), #text(r % 20)) else say(r, t) end if r % 15 == 0 then collect() end end
say(#kept)]]

shapes.environments = [[
X = 1
local function f(n) X = X + n if n <= 0 then return X end $(return f(n - 1)|return f(n - 1) + X|local v = f(n - 1) X = X - 1 return v) end
local function g(n) if n == 0 then return f(2) end return g(n - 1) end
local here = getfenv(f)
for w = 1, $(0|100|300|900) do g(w % 5) end
for r = 1, $<80,200> do
  $E
  if r == 60 then setfenv(f, {X = $(100|'5'|0.5|nil)}) elseif r == 70 then setfenv(f, here) elseif r == 75 then setfenv(f, setmetatable({}, {__index = here$(|, __newindex = here)})) elseif r == 78 then X = $({}|'text'|2|nil) elseif r == 79 then setfenv(f, here) X = 3 end
  local ok, v = pcall(g, r % 9) if r % 10 == 0 or r > 55 then say(r, ok, v, rawget(getfenv(f), 'X'), X) end
end
setfenv(1, here)]]

shapes.dumped = [[
local text = "local f, n, g = ... if n <= 0 then return $(0|n|g and g(n) or 1) end $(|if n == 5 then n = n + 0 end) return $(f(f, n - 1, g) + n|f(f, n - 1, g)|n + (f(f, n - 1)))"
local f = loadstring(text, '=text')
local g = loadstring(string.dump(f), '=g')
for w = 1, $(0|100|300|900) do f(f, w % 9, math.abs) g(g, w % 4, math.abs) end
for r = 1, $<100,200> do $E if r % 50 == 0 then g = loadstring(string.dump(f)) end local ok, v = pcall(f, r % 2 == 0 and g or f, r % 9, math.abs) if r % 10 == 0 or not ok then say(r, ok, v, string.dump(f) == string.dump(loadstring(text, '=text'))) end end
local fs = {} for r = 1, 60 do fs[r % 5] = loadstring('local f, n = ... if n == 0 then return ' .. r .. ' end return f(f, n - 1) + ' .. r % 3) local v = 0 for k = 1, 20 do v = v + fs[r % 5](fs[r % 5], k % 6) end if r % 6 == 0 then say(r, v) collect() fs = {} end end]]

shapes.sharing = [[
local total, depth = 0, 0
local function f(n, set)
  local mine = n
  local function change(v) mine = mine + v total = total + 1 return mine end
  if set then set(n) end
  if n > 0 then
    $(local v = f(n - 1, change)|f(n - 1, n % 2 == 0 and change or nil) local v = mine|local v = f(n - 1, function(w) mine = w * 2 end))
    depth = depth + (v or 0) % 7
  end
  $(return mine|change(1) return mine, change|return change(mine)|local was = mine change(2) return was + mine)
end
local function g(n) local a, b = 0, 0 local function go(k) if k == 0 then return a end a = a + k b = b + a $(return go(k - 1)|local v = go(k - 1) a = a - 1 return v) end local v = go(n) return v, a, b end
for w = 1, $(0|100|300|900) do f(w % 6) g(w % 8) end
for r = 1, $<80,200> do $E local ok, v, w = pcall(f, r % 9) say(r, v, type(w), total, depth) say(g(r % 11)) if r == 70 then $(total = '5'|depth = NAN|total = nil|depth = 0.5) end end]]

shapes.larger = [[
local t, log = {1, 2, 3, n = 0}, 0
local function f(n, a, b, c)
  local x, y, z, s = a or 0, b or 1, c or 2, 'n'
  if n <= 0 then return x + y end
  for i = 1, 3 do x = x + i * y - z % 3 if x > 1000 then x = x - 1000 end end
  while y < n do y = y + 1 z = z + y / 2 end
  repeat z = z - 1 until z < 5
  for k, v in ipairs(t) do x = x + k * v end
  if n % 2 == 0 then s = s .. n else s = s:upper() .. #s end
  t.n = t.n + 1
  t[n % 3 + 1] = $(x % 10|y % 7|z)
  log = log + #s
  local p, q = f(n - 1, x % 100, y, z), n % 3 == 0 and f(n - 2, $(y, z|q, x|1)) or 0
  $(if p > q then return p - q, s elseif p < q then return q - p end return p|return (p + q) % 1000|local u = {p, q} return u[1] + u[2], s|return f(0, p, q))
end
for w = 1, $(0|100|300|900) do f(w % 8, w) end
for r = 1, $<30,80> do $E local ok, v, s = pcall(f, r % 12, r) say(r, v, s, t.n, log) if r == 25 then t[2] = $('4'|nil|{}|0.5) end end]]

-- Small functions that call each other in a row, of which the last looks, fails or is left at some call of many.
do
  local look = "$(stack(6)|stack(3)|caught('here')|print(debug.traceback('at', $<1,3>))|error('late', $<0,6>)|error({})|hooked('cr', 0)|hooked('l', 0)|hooked('', 1)|n = n .. 'x'|n = {}|n = nil|poke_at($<1,4>, '$(n|m|v)', $(0.5|'7'|{}|nil))|collect()|f = f1|deep(3000))"
  local function one(k, callee)
    local call = fmt("%s(n$(|, m|, 2|, 1, 2))", callee)
    return fmt("local function f%d(n, m) $(||if n == 0 then return 1 end|if n < 3 then return n end|if n %% 4 == 1 then return %s end|n = n + 1|local v = n) ", k, callee .. "(n)")
      .. fmt("$(return %s|return %s|return %s|local v = %s return v|local v, w = %s return v, w|return %s + 1|return n - %s|return (%s)|return n, %s|return %s(%s)|%s return n|return %s(n - 1) + %s|return math.max(%s, 0)|local v = %s m = v return v + m|return m or %s) end\n",
        call, call, call, call, call, call, call, call, call, callee, call, call, callee, call, call, call, call)
  end
  shapes.chains = "local t, f = 0\nlocal function f1(n, m) t = t + 1 if t == $<800,4000> then " .. look .. " end $(return n|return n + 1|return n, m|return (n)|if n == 0 then return 0 end return n * 0.5|local v = n % 9 return v + 1) end\n"
    .. one(2, "f1") .. one(3, "f2") .. one(4, "$(f3|f3|f2|f1)") .. one(5, "$(f4|f4|f3)") .. "f = $(f5|f5|f4|f4|f3|f2)\n"
    .. "say(xpcall(function() local s = 0 for r = 1, $<1500,4000> do s = s * 2 s = s % 7 s = s + r $(s = s + (f(r % 50) or 0)|s = f(r, s) + s|local v, w, x = f(r % 20, 1) s = s + v + (w or 2) + (x or 3)|f(r % 9)|s = s + count(f(r))|s = s + f(f(r % 9))) s = s % 100003 end return s end, caught)) unhooked()\n"
    .. "for r = 1, 80 do $E say(pcall(f, r % 20, r)) end"
end

-- What happens late in the loops.
local events = {
  "f = math.abs", "f = math.max", "f = setmetatable({}, {__call = function(self, ...) return ... end})", "f = nil", "local g = f f = function(...) return g(...) end", "local g = f f = function(...) return (g(...)) end",
  "collect()", "collect('step')", "hooked('', 100)", "hooked('l', 0)", "hooked('cr', 0)", "hooked('', 1)", "unhooked()", "say(overflow(function() local function g(n) return 1 + g(n) end return g(1) end))",
  "deep(5000)", "poke('r', r)", "peek()", "stack(4)", "local g = f f = function(...) stack(3) return g(...) end", "say(pcall(error, 'x'))", "debug.setmetatable(nil, {__index = function(t, k) return k end}) debug.setmetatable(nil, nil)",
  "local g = f f = function(...) f = g return nil, g(...) end", "local g, k = f, 0 f = function(...) k = k + 1 if k == 2 then error('late') end return g(...) end", "f = coroutine.wrap(function(...) while true do coroutine.yield(...) end end)",
}

local function expand(p, text)
  -- In the reference a coroutine takes over the hook of who makes it, and looks for its function by address.
  local event = ""
  for _ = 1, p:of { 0, 0, 1, 1, 2 } do
    local what
    repeat what = p:of(events) until not ((text .. event .. what):find("coroutine", 1, true) and (event .. what):find("hooked", 1, true))
    event = event .. fmt("if r == %d then %s end ", p:of { 3, 5, 8, 20, 40, 70 }, what)
  end
  text = text:gsub("%$E", function() return event end)
  return writer.choose(p, text)
end

local names = {}
for name in pairs(shapes) do names[#names + 1] = name end
table.sort(names)
for _ = 1, 10 do names[#names + 1] = "chains" end

function writer.shape(p)
  local name = p:of(names)
  writer.text(p, name, expand(p, shapes[name]))
end

-- What stands at the top of programs of mixed.lua: classes, operands, iterators, functions with varargs, functions of two operands, large tables.
--
-- Kinds of names besides those of loops/expressions.lua: w operands (numbers, numerals, objects with metamethods), u objects, y large tables,
-- e functions with varargs, z iterators that are made with a number of turns.

local writer = ...
local Program, weighted = writer.Program, writer.weighted
local fmt = string.format

-- == Operands =================================================================================

-- An operand of a kind: those of one kind can be compared.
local function operand(p, kind)
  if kind == "number" then return p:constant() end
  if kind == "text" then return p:of { "'10'", "'2'", "'0x10'", "' 7 '", "'3.5'", "'abc'", "'abd'", "''", "'ab\\0c'", "'ab\\0d'", "'Z'", "'1e2'", "('x'):rep(40)", "('x'):rep(40) .. 'y'" } end
  if kind == "numeral" then return p:of { "'10'", "'2'", "'0x10'", "' 7 '", "'3.5'", "'-1'" } end
  local made = p.classes[kind].name
  if p:chance(8) then return fmt("userdata(%s)", made) end
  return fmt("%s(%s)", made, p:constant())
end

function Program:operand() return operand(self, self:chance(35) and "number" or self:chance(20) and "numeral" or self:int(1, #self.classes)) end

-- Two of a kind; seldom of two.
function Program:operands()
  local kinds = { "number", "text", "numeral" }
  for k = 1, #self.classes do kinds[#kinds + 1] = k kinds[#kinds + 1] = k end
  local kind = self:of(kinds)
  return fmt("%s, %s", operand(self, kind), operand(self, self:chance(12) and self:of(kinds) or kind))
end

-- == Iterators and functions with varargs =====================================================

-- Each is made with the number of turns, and gives at most three values a turn.
local iterators = {
  "local function $Z(n) local k = 0 return function() k = k + 1 if k <= n then return k$(|, k * 2|, n - k, 'v') end end end",
  "local function $Z(n) local k = n return function($(a, ...|...|...)) k = k - 1 if k >= 0 then return $(k|k, ...|k + 0.5, k)$(|, k) end $(|return nil) end end",
  "local function $Zs(n, k) k = k + 1 if k <= n then return k$(|, k * k|, n, k) end end local function $Z(n) return $Zs, n, 0 end",
  "local function $Zs(n, k) if k < n then return k + 1, $(k|tostring(k)|{k}|nil, k) end end local function $Z(n) return $(function(s, k) return $Zs(s, k) end|$Zs), n, 0 end",
  "local function $Zs(...) local n, k = ... if k < n then return k + 1, select('#', ...) end end local function $Z(n) return $Zs, n, 0 end",
  "local $Zs = setmetatable({}, {__call = function(self, n, k) if k < n then return k + 1, $(n|self) end end}) local function $Z(n) return $Zs, n, 0 end",
  "local function $Z(n) return setmetatable({left = n}, {__call = function(self) local k = self.left self.left = k - 1 if k > 0 then return k$(|, 'of', n) end end}) end",
  "local function $Z(n) return coroutine.wrap(function() for k = 1, n do coroutine.yield(k$(|, k * 2|, 'w', k)) end end) end",
  "local function $Z(n) return coroutine.wrap(function($(|s, c)) $(local k = 0 while k < n do k = k + 1 coroutine.yield(k, -k) end|local function go(k) if k > 0 then coroutine.yield(k) return go(k - 1) end end go(n)) end) end",
  "local $Zc = 0 local function $Z(n) return function(s, k) $Zc = $Zc + 1 $(if $Zc == $<200,3000> then error('in the iterator'$(|, 2|, 0)) end|if $Zc == $<200,3000> then stack($<2,5>) end|if $Zc % 500 == 0 then collect('step') end|if $Zc % 100 == 0 then deep($<100,2000>) end|if $Zc == $<100,2500> then $H end) if k < n then return k + 1, $Zc end end, nil, 0 end",
  "local function $Z(n) local t = {} for k = 1, n do t[k] = $(k|'e' .. k % 7|k * 0.5) end return $(ipairs(t)|pairs(t)|next, t|ipairs(t)) end",
  "local function $Z(n) return ('ab1 '):rep(n):gmatch($('%a+'|'(%a)(%a)'|'()%d')) end",
  "local function $Z(n) local inner, s, c = ipairs({1, 2, 3, 4, 5, 6, 7, 8}) return function(t, k) local i, v = inner(s, k) if i and i <= n then return i, v end end, s, c end",
  "local function $Z(n) local k = 0 return function() k = k + 1 if k == n + 1 then return nil end return $(false|k % 2 == 0|k % 3 > 0 and k), k end end",
}

local varargs = {
  "local function $V(...) return ... end",
  "local function $V(...) return select('#', ...), ... end",
  "local function $V(a, ...) return ..., a end",
  "local function $V(a, ...) if a == nil then return ... end return $V(...) end",
  "local function $V(...) local t = {...} return #t, t[1], unpack(t, 2, 3) end",
  "local function $V(...) local a, b, c = ... return $(mix(1, a, b)|mix(2, ...)|c or b or a|(a)) end",
  "local function $V(...) return $(mix(0, ...)|any(...)|count(...)|(...)|select(-1, 0, ...)|tostring(num((...)))|pass(any, ...)) end",
  "local function $V(...) local n = 0 for k = 1, select('#', ...) do $(n = mix(n, (select(k, ...)))|local v = select(k, ...) n = n + num(v)) end return n end",
  "local function $V(...) local n = 0 for k, v in $(ipairs|pairs){...} do n = mix(n, k, v) end return n end",
  "local function $V(a, b, ...) $(if a == nil then return ... end|a = num(a)) return $(b, a|a, b, ...|{a, b, ...}|any(a, ...), b) end",
  "local function $V(...) local function inner(...) return $(...|select('#', ...)|mix(1, ...)) end return $(inner(...)|inner(..., 1)|inner(1, ...)|(inner(...))) end",
  "local function $V(...) local a = ... return function(...) return a, ... end end",
  "local function $V(...) arg = nil return pcall(any, ...) end",
  "local function $V(n, ...) if type(n) ~= 'number' or not (n % 5 >= 1) then return ... end return $V(n % 5 - 1, n, ...) end",
  "local function $V(...) local ok, m = pcall(error, ...) return m end",
}

local function definitions(p, list, letter, mark, most)
  for _ = 1, p:int(2, most) do
    local name = p:fresh(letter)
    p:line("%s", (writer.choose(p, p:of(list):gsub(mark, name):gsub("%$H", writer.hooking(p)))))
    p:declare(name)
  end
end

-- Functions of two operands, whatever these are: what they do, in every form that compilers know.
local operators = {
  lt = "$(return a < b|if a < b then return 1 end return 2|return not (a < b)|local c = a < b return c, a|while a < b do return 'less' end|return a > b and 1 or b|return (a < b) == true|if a > b then return a end)",
  le = "$(return a <= b|if a <= b then return 1 end return 2|return not (a <= b)|local c = a >= b return c, b|if not (a >= b) then return 0 else return b end|repeat local c = a <= b until true return a <= b)",
  eq = "$(return a == b|if a == b then return 1 end return 2|return a ~= b|if a ~= b then return b end return 0|local c = a == b return not c)",
  add = "$(return a $O b|local c = a $O b return c|return (a $O b)|return a $O b, b $O a|return a $O 2|return 2 $O a|a = a $O b return a|return any(a $O b))",
  cat = "$(return a .. b|return a .. 'x' .. b|return a .. b .. a .. b|local s = 'n' .. a return s .. b|return 1 .. a)",
  neg = "$(return -a|return -a, -b|local c = -a return c)",
  len = "$(return #a|return #a + 1|return #a, #b)",
  get = "$(return a[b]|return a.x|local v = a[b] return v, a.y|return a[b], a[1]|return a.x.y|return a[b] == nil)",
  set = "$(a[KEY(b)] = 1|a.x = b|a[KEY(b)] = nil|a[KEY(b)], a.z = b, b)",
  call = "$(return a(b)|a(b)|return (a(b))|return a(b, b), 1|return a(a(b))|local c, d = a(b) return d, c)",
  method = "$(return a:x(b)|return a:sub(b)|return a:sub(1, b), a:len()|return a:byte(b))",
}
local order = { "add", "add", "call", "cat", "eq", "get", "le", "len", "lt", "method", "neg", "set" }

local function operations(p)
  p.operations = {}
  local seen = {}
  for _ = 1, p:int(3, 8) do
    local kind = p:of(order)
    local name = "op_" .. kind
    if not seen[kind] then
      seen[kind] = true
      p:line("local function %s(a, b) %s end", name, (writer.choose(p, operators[kind]):gsub("%$O", p:of { "+", "-", "*", "/", "%%", "^" })))
      p.operations[#p.operations + 1] = name
    end
  end
end

-- == The whole top ============================================================================

function writer.initial.y(p)
  local n, k = p:of { 20, 60, 150, 300 }, "k"
  return fmt("large(%d, function(k) return %s end, function(k) return %s end)", n, p:of { "k", "k", "'k' .. k", "k % 2 == 0 and k or 'k' .. k", "k * 0.5", "k % 5 == 0 and 'a' .. k or k", "-k" }, p:of { "k", "k * 0.5", "'v' .. k % 10", "k % 3 ~= 0 and k" })
end
function writer.initial.w(p) return p:operand() end
function writer.initial.u(p) return operand(p, p:int(1, #p.classes)) end

function Program:mixed_top()
  local p = self
  p.classes = {}
  p:line("local function large(n, key, value) local t = {} for k = 1, n do t[key(k)] = value(k) end return t end")
  for _ = 1, p:int(1, 3) do writer.class(p) end
  definitions(p, varargs, "e", "%$V", 4)
  definitions(p, iterators, "z", "%$Z", 4)
  local names = {}
  for _, kind in ipairs { "y", "w", "w", "w", "u", "u", "y" } do
    names[#names + 1] = p:fresh(kind)
    p:declare(names[#names])
  end
  p:line("local %s", table.concat(names, ", "))
  p:line("local function anew() reset() unswap()")
  for _, name in ipairs(names) do p:line("  %s = %s", name, writer.initial[name:sub(1, 1)](p)) end
  for _, c in ipairs(p.classes) do p:line("  %s = 0 for k in pairs(%s) do %s[k] = nil end for k, v in pairs(%sOLD) do %s[k] = v end", c.counter, c.name, c.name, c.name, c.name) end
  p:line("end")
  p:line("anew()")
  operations(p)
  p:line("local function all()")
  p:line("  whole() say(%s)", table.concat(names, ", "))
  for _, name in ipairs(names) do
    if name:find "^y" then p:line("  do local n = 0 for k, v in pairs(%s) do n = mix(n, k, v) end say(n) end", name) end
  end
  p:line("  say(%s)", (function() local list = {} for k, c in ipairs(p.classes) do list[k] = c.counter end return table.concat(list, ", ") end)())
  p:line("end")
end

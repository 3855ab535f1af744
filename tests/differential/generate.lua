-- Writes random valid programs. Run by the reference only: both sides get the same text.
--
--   lua5.1 generate.lua SEED COUNT FILE              COUNT chunks into FILE: "@@ NAME LENGTH\n", text, "\n"
--   lua5.1 generate.lua SEED COUNT FOLDER standalone COUNT scripts FOLDER/NAME.lua
--
-- Names have a kind by their first letter, so that most expressions fit and some do not: n numbers,
-- s strings, b booleans, t tables, f functions, x anything. Every loop is bounded, and `tick()` ends what
-- runs for too long. No object gets into a table as a key (`key()`), and `tostring` shows none's address: the order
-- of such keys, and whatever a program does with such a text, differs from run to run in the reference too.
-- Not here: what must differ (yields through pcall, deep recursion).

local here = arg and arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/common.lua")

local writer = dofile(here .. "/writer.lua")
local Program = setmetatable({}, { __index = writer.Program })
Program.__index = Program

local fmt = string.format

-- A visible name of the kind, mostly a near one.
function Program:name(kind)
  local found = self:names(kind)
  if #found == 0 or self:chance(4) then
    return fmt("%s%s", kind:upper(), self:of { "g", "h" }) -- a global, perhaps nil
  end
  return self:of(found)
end

-- == Expressions ==============================================================================

local numbers = { "0", "1", "2", "3", "-1", "7", "10", "0.5", "-2.5", "1e3", "2^53", "1/0", "-1/0", "0/0", "255", "0x10", "1e15", "1e16", "123456.789", "3", "4", "5" }
local strings = { "''", "'a'", "'abc'", "'hello world'", "'10'", "'0x1F'", "'3.5'", "'%d'", "'k'", "'x'", "'a\\0b'", "'\\n\\t'", "[[long\nbracket]]", "([==[x]]y]==])", "'key=value, k2=v2'", "'\\065\\66'", "\"q'q\"" }

local wrong = { "nil", "true", "{}", "'str'", "print", "12", "..." }

local make = {}

function Program:expression(kind, depth)
  depth = depth or 0
  if self:chance(2) then
    local w = self:of(wrong)
    if w == "..." and not self.vararg then w = "nil" end
    return w == "..." and "(...)" or w
  end
  return make[kind](self, depth + 1)
end

function make.n(p, d)
  local k = d > 3 and p:int(1, 5) or p:int(1, 24)
  if k <= 2 then local n = p:of(numbers); return n:find("^[-%d.ex]+$") and n:sub(1, 1) ~= "-" and n or "(" .. n .. ")" end
  if k <= 5 then return p:name "n" end
  if k <= 13 then return fmt("(%s %s %s)", p:expression("n", d), p:of { "+", "-", "*", "/", "%", "+", "-", "*" }, p:expression("n", d)) end
  if k == 14 then return fmt("- %s", p:expression("n", d)) end
  if k == 15 then return fmt("#%s", p:name "t") end
  if k == 16 then return fmt("#%s", p:expression("s", d)) end
  if k == 17 then return fmt("(tonumber(%s) or %d)", p:expression("s", d), p:int(0, 9)) end
  if k == 18 then return fmt("math.%s(%s)", p:of { "floor", "abs", "ceil", "sqrt", "max", "min" }, p:expression("n", d)) end
  if k == 19 then return fmt("(%s and %s or %s)", p:expression("b", d), p:expression("n", d), p:expression("n", d)) end
  if k == 20 then return p.vararg and "select('#', ...)" or "select('#', nil, nil)" end
  if k == 21 then return fmt("%s.n", p:name "t") end
  if k == 22 then return fmt("%s[%s]", p:name "t", p:expression("n", d)) end
  if k == 23 then return fmt("(%s ^ %s)", p:expression("n", d), p:of { "2", "0.5", "-1", "n" }) end
  return fmt("%s(%s)", p:name "f", p:arguments(d))
end

function make.s(p, d)
  local k = d > 3 and p:int(1, 5) or p:int(1, 22)
  if k <= 2 then return p:of(strings):gsub("\n", "\\\n"):gsub("^%[%[(.-)%]%]$", "'%1'") .. "" end
  if k <= 5 then return p:name "s" end
  if k <= 8 then return fmt("(%s .. %s)", p:expression("s", d), p:expression(p:of { "s", "n", "s" }, d)) end
  if k == 9 then return fmt("tostring(%s)", p:expression(p:of { "n", "b", "s" }, d)) end
  if k == 10 then return fmt("(%s):sub(%s, %s)", p:expression("s", d), p:int(-5, 5), p:int(-5, 9)) end
  if k == 11 then return fmt("(%s):%s()", p:expression("s", d), p:of { "upper", "lower", "reverse", "len" }) end
  if k == 12 then return fmt("string.rep(%s, %d)", p:expression("s", d), p:int(-1, 3)) end
  if k == 13 then return fmt("string.format('%s', %s)", p:of { "%5.1f", "%g", "%d", "%x", "%5d|", "%e" }, p:expression("n", d)) end
  if k == 14 then return fmt("string.format('%s', %s)", p:of { "%s", "%q", "%10s", "%-5s|", "%.2s" }, p:expression("s", d)) end
  if k == 15 then return fmt("type(%s)", p:expression(p:of { "n", "s", "t", "f", "x" }, d)) end
  if k == 16 then return fmt("(string.gsub(%s, %s, %s))", p:expression("s", d), p:of { "'a'", "'%w+'", "'.'", "'()'", "'(%a)(%d)'", "'^%s*'", "'[aeiou]'" }, p:of { "'<%0>'", "'%1'", "string.upper", "{a = 'A'}", "function(c) return c and c .. c end" }) end
  if k == 17 then return fmt("(string.match(%s, %s) or 'none')", p:expression("s", d), p:of { "'%a+'", "'(%w+)=(%w+)'", "'%d*'", "'^.'", "'.-$'" }) end
  if k == 18 then return fmt("(%s and %s or %s)", p:expression("b", d), p:expression("s", d), p:expression("s", d)) end
  if k == 19 then return fmt("table.concat(%s, %s)", p:name "t", p:of { "','", "''", "s" == 1 and "" or "'-'" }) end
  if k == 20 then return fmt("%s.name", p:name "t") end
  if k == 21 then return fmt("string.char(%d, %d)", p:int(65, 90), p:int(97, 122)) end
  return fmt("tostring(%s)", p:call(d))
end

function make.b(p, d)
  local k = d > 3 and p:int(1, 4) or p:int(1, 14)
  if k <= 2 then return p:of { "true", "false" } end
  if k <= 4 then return p:name "b" end
  if k <= 7 then return fmt("(%s %s %s)", p:expression("n", d), p:of { "<", ">", "<=", ">=", "==", "~=" }, p:expression("n", d)) end
  if k <= 8 then return fmt("(%s %s %s)", p:expression("s", d), p:of { "<", ">", "<=", ">=", "==", "~=" }, p:expression("s", d)) end
  if k <= 9 then return fmt("(not %s)", p:expression(p:of { "b", "n", "x" }, d)) end
  if k <= 11 then return fmt("(%s %s %s)", p:expression("b", d), p:of { "and", "or" }, p:expression("b", d)) end
  if k == 12 then return fmt("(%s == %s)", p:expression("x", d), p:expression("x", d)) end
  if k == 13 then return fmt("(%s %s %s)", p:name "t", p:of { "==", "~=", "<", "<=" }, p:name "t") end
  return fmt("rawequal(%s, %s)", p:expression("x", d), p:expression("x", d))
end

local fields = { "a", "b", "name", "n", "x", "y", "key" }

function make.t(p, d)
  local k = d > 3 and p:int(1, 3) or p:int(1, 10)
  if k <= 3 then return p:name "t" end
  if k == 4 then return "{}" end
  if k == 9 then return fmt("setmetatable(%s, %s)", p:constructor(d), p:name "t") end
  if k == 10 then return fmt("setmetatable(%s, M%d)", p:constructor(d), p:int(1, 4)) end
  return p:constructor(d)
end

function Program:constructor(d)
  local parts = {}
  for _ = 1, self:int(0, 5) do
    local k = self:int(1, 8)
    if k <= 3 then parts[#parts + 1] = self:expression(self:of { "n", "s", "n", "b", "x" }, d + 1)
    elseif k == 4 then parts[#parts + 1] = "nil"
    elseif k <= 6 then parts[#parts + 1] = fmt("%s = %s", self:of(fields), self:expression(self:of { "n", "s", "t" }, d + 1))
    else parts[#parts + 1] = fmt("[%s] = %s", self:of { tostring(self:int(-1, 9)), fmt("'%s'", self:of(fields)), "true", "1.5", fmt("key(%s or 1)", self:name "n") }, self:expression(self:of { "n", "s" }, d + 1)) end
  end
  if self:chance(15) then parts[#parts + 1] = self.vararg and self:chance(60) and "..." or self:call(d + 1) end
  return "{" .. table.concat(parts, self:of { ", ", "; ", ", " }) .. (self:chance(10) and #parts > 0 and "," or "") .. "}"
end

function make.f(p, d)
  local k = p:int(1, 8)
  if k <= 4 then return p:name "f" end
  if k <= 5 then return p:of { "tostring", "type", "math.abs", "string.upper", "select", "next", "pcall", "error", "rawget", "print", "string.rep", "unpack" } end
  local params = p:of { "", "n0", "n0, s0", "...", "n0, ..." }
  local keep = p.vararg
  p.vararg = params:find("...", 1, true) ~= nil
  p:open()
  for name in params:gmatch("[ns]0") do p:declare(name) end
  local body = k <= 7 and fmt("return %s", p:list(d)) or fmt("out(%s)", p:list(d))
  p:close()
  p.vararg = keep
  return fmt("function(%s) %s end", params, body)
end

function make.x(p, d)
  local k = p:int(1, 9)
  if k <= 3 then return p:name "x" end
  if k == 4 then return "nil" end
  if k == 5 then return fmt("%s.%s", p:name "t", p:of(fields)) end
  if k == 6 then return fmt("%s[%s]", p:name "t", p:expression(p:of { "n", "s" }, d)) end
  return make[p:of { "n", "s", "b", "t" }](p, d)
end

local kinds = { "n", "s", "b", "t", "n", "s", "x", "f" }

-- Arguments or values: the last may be an open one.
function Program:list(d)
  local parts = {}
  for _ = 1, self:int(0, 3) do parts[#parts + 1] = self:expression(self:of(kinds), d + 1) end
  if self:chance(20) then
    parts[#parts + 1] = self.vararg and self:chance(60) and "..." or self:call(d + 1)
  end
  return table.concat(parts, ", ")
end
function Program:arguments(d) return d > 4 and "" or self:list(d + 1) end

function Program:call(d)
  local k = d > 4 and 1 or self:int(1, 12)
  if k <= 5 then return fmt("%s(%s)", self:name "f", self:arguments(d)) end
  if k == 6 then return fmt("pcall(%s%s)", self:name "f", (", " .. self:arguments(d)):gsub(", $", "")) end
  if k == 7 then return fmt("unpack(%s, %s)", self:name "t", self:of { "1", "1, 3", "2", "-1, 2", "1, n or 2" }) end
  if k == 8 then return fmt("select(%s, %s)", self:of { "1", "2", "-1", "'#'" }, self:call(d + 1)) end
  if k == 9 then return fmt("%s:%s(%s)", self:name "t", self:of(fields), self:arguments(d)) end
  if k == 10 then return fmt("%s.%s(%s)", self:name "t", self:of(fields), self:arguments(d)) end
  if k == 11 then return fmt("string.%s(%s, %s)", self:of { "find", "byte", "gsub", "match", "rep" }, self:expression("s", d), self:of { "'a'", "1", "'%a'", "''" }) end
  return fmt("(%s)(%s)", make.f(self, d), self:arguments(d))
end

-- == Statements ===============================================================================

local statement = {}

-- `inner`: more follows in the block, so that a return or break needs its own.
function Program:block(n, inner)
  self:open()
  for _ = 1, n or self:int(1, 4) do
    if self.budget <= 0 then break end
    self:statement()
  end
  if self:chance(8) then self:line(inner and "do %s end" or "%s", self:of { "return " .. self:list(2), self.loop > 0 and "break" or "return", "return " .. self:call(2) }) end
  self:close()
end

-- A function's parameters, body and `end`.
function Program:body(params, head, tail)
  local vararg, loop = self.vararg, self.loop
  self.vararg, self.loop = params:find("...", 1, true) ~= nil, 0
  self:line("%s(%s)", head, params)
  self:open()
  for name in params:gmatch("[%a_]%w*") do self:declare(name) end
  self:line("tick()")
  self:close()
  -- The body's block is inside the scope of the parameters.
  self:open()
  self.indent = self.indent - 1
  for name in params:gmatch("[%a_]%w*") do self:declare(name) end
  if self.vararg and self:chance(30) then self:open(); self:line("out(arg and arg.n, select('#', ...))"); self:close() end
  self.nesting = self.nesting + 1
  self:block(self:int(1, 5), true)
  self.nesting = self.nesting - 1
  if self:chance(60) then self.indent = self.indent + 1; self:line("do return %s end", self:list(1)); self.indent = self.indent - 1 end
  self.indent = self.indent + 1
  self:close()
  self:line("end%s", tail or "")
  self.vararg, self.loop = vararg, loop
end

function Program:parameters()
  local list = {}
  for _ = 1, self:int(0, 3) do list[#list + 1] = self:fresh(self:of { "n", "s", "t", "x", "b", "f" }) end
  if self:chance(30) then list[#list + 1] = "..." end
  return table.concat(list, ", ")
end

function statement.declare(p)
  local names, values = {}, {}
  for _ = 1, p:chance(70) and 1 or p:int(2, 4) do
    local kind = p:of(kinds)
    names[#names + 1] = p:fresh(kind)
    local e = p:expression(kind)
    values[#values + 1] = (kind == "s" or kind == "x") and fmt("cut(%s)", e) or e
  end
  if p:chance(15) then values[#values] = p:call(1) end
  if p:chance(5) then values[#values] = nil end
  p:line("local %s%s%s", table.concat(names, ", "), #values > 0 and " = " or "", table.concat(values, ", "))
  for _, n in ipairs(names) do p:declare(n) end
end

function Program:target()
  local k = self:int(1, 8)
  if k <= 4 then local kind = self:of { "n", "s", "b", "x", "t" }; return self:name(kind), kind end
  if k == 5 then return self:of { "Ng", "Sg", "Xg", "Tg", "Xh" }, "n" end
  if k == 6 then return fmt("%s.%s", self:name "t", self:of(fields)), self:of { "n", "s", "t", "x" } end
  local index = self:expression(self:of { "n", "n", "s" }, 2)
  if not tonumber(index) then index = fmt("key(%s)", index) end
  return fmt("%s[%s]", self:name "t", index), self:of { "n", "s", "x" }
end

function statement.assign(p)
  local targets, values = {}, {}
  for _ = 1, p:chance(75) and 1 or p:int(2, 3) do
    local target, kind = p:target()
    targets[#targets + 1] = target
    local e = p:expression(kind)
    values[#values + 1] = (kind == "s" or kind == "x") and fmt("cut(%s)", e) or e
  end
  if p:chance(10) then values[#values] = p:call(1) end
  p:line("%s = %s", table.concat(targets, ", "), table.concat(values, ", "))
end

statement["output"] = function(p) p:line("out(%s)", p:list(0)) end
function statement.call(p)
  local call = p:call(0)
  if call:sub(1, 1) == "(" then call = "out(" .. call .. ")" end
  p:line("%s", call)
end

statement["do"] = function(p) p:line("do"); p:block(); p:line("end") end

statement["if"] = function(p)
  p:line("if %s then", p:expression(p:of { "b", "b", "x" }))
  p:block()
  while p:chance(25) do p:line("elseif %s then", p:expression "b"); p:block() end
  if p:chance(50) then p:line("else"); p:block() end
  p:line("end")
end

-- At the top most statements that declare nothing are protected, so that programs get far.
local closed = { debug = true, module = true, reload = true, handler = true, finalizer = true, growing = true, output = true, call = true, assign = true, library = true, ["if"] = true, ["for"] = true, ["for in"] = true, ["do"] = true }

local function loop(p, n) p.loop = p.loop + 1; p:open(); p:line("tick()"); p:close(); p:block(n); p.loop = p.loop - 1 end

statement["while"] = function(p)
  local n = p:fresh "w"
  p:line("local %s = %d", n, p:int(0, 4))
  p:line("while %s > 0 and (%s or %s > 1) do", n, p:expression "b", n)
  p:open(); p:line("%s = %s - 1", n, n); p:close()
  loop(p)
  p:line("end")
end

statement["repeat"] = function(p)
  local n = p:fresh "w"
  p:line("local %s = 0", n)
  p:line("repeat")
  p:open()
  local inner = p:fresh "b"
  p:line("local %s = %s", inner, p:expression "b")
  p:line("%s = %s + 1", n, n)
  if p:chance(40) then p:line("f%d = function() return %s, %s end", p:int(0, 1), inner, n) end
  p:close()
  p.loop = p.loop + 1; p:open(); p.indent = p.indent - 1; p:declare(inner)
  for _ = 1, p:int(1, 3) do p.indent = p.indent + 1; p:statement(); p.indent = p.indent - 1 end
  p.indent = p.indent + 1; p:close(); p.loop = p.loop - 1
  p:line("until %s or %s > %d", inner, n, p:int(1, 3))
end

statement["for"] = function(p)
  local n = p:fresh "n"
  local from, to, step = p:int(-2, 5), p:int(-2, 6), p:of { 1, 1, 2, -1, 0.5, -0.5, 3 }
  p:line("for %s = %s, %s%s do", n, p:chance(8) and p:expression("n", 3) .. " % 5" or from, to, step ~= 1 and ", " .. step or "")
  p:open(); p.indent = p.indent - 1; p:declare(n); loop(p); p.indent = p.indent + 1; p:close()
  p:line("end")
end

statement["for in"] = function(p)
  local k, v = p:fresh "x", p:fresh(p:of { "x", "n", "s" })
  local how = p:int(1, 9)
  local source = how <= 3 and fmt("pairs(%s)", p:chance(50) and p:name "t" or p:constructor(2)) or how == 4 and fmt("ipairs(%s)", p:name "t")
    or how == 5 and fmt("next, %s", p:name "t") or how == 6 and fmt("string.gmatch(%s, %s)", p:expression("s", 2), p:of { "'%a+'", "'(%w)(%w)'", "'.'", "'()a'" })
    or how == 7 and fmt("function(s, i) if i < s then return i + 1, i * 2 end end, %d, 0", p:int(0, 4))
    or how == 8 and "coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, i * i) end end)"
    or p:call(2)
  p:line("for %s, %s in %s do", k, v, source)
  p:open(); p.indent = p.indent - 1; p:declare(k); p:declare(v)
  p.loop = p.loop + 1; p:open(); p:line("tick()"); p:line("out(show(%s), show(%s))", k, v); p:close(); p:block(p:int(0, 3)); p.loop = p.loop - 1
  p.indent = p.indent + 1; p:close()
  p:line("end")
end

statement["function"] = function(p)
  local k = p:int(1, 10)
  if k <= 6 then
    local f = p:fresh "f"
    p:body(p:parameters(), "local function " .. f)
    p:declare(f)
  elseif k == 7 then p:body(p:parameters(), fmt("function %s.%s", p:name "t", p:of(fields)))
  elseif k == 8 then p:body(p:parameters(), fmt("function %s:%s", p:name "t", p:of(fields)))
  elseif k == 9 then p:body(p:parameters(), "function Fg")
  else
    local f = p:fresh "f"
    p:body(p:parameters(), fmt("local %s = function", f))
    p:declare(f)
  end
end

function statement.recursion(p)
  local f = p:fresh "f"
  p:line("local function %s(n, ...)", f)
  p:open()
  p:line("tick()")
  p:line("if n <= 0 then return %s end", p:expression("n", 2))
  p:line("%s", p:of { fmt("return %s(n - 1, n, ...)", f), fmt("return n + %s(n - 1)", f), fmt("return (%s(n - 1, ...))", f), fmt("return %s(n - 1), %s(n - 2)", f, f), fmt("local a, b = %s(n - 1, ...) return b, a", f) })
  p:close()
  p:line("end")
  p:declare(f)
  p:line("out(%s(%d, %s))", f, p:int(0, 6), p:expression("x", 2))
end

local handlers = {
  __index = { "function(t, k) return k end", "function(t, k) tick() return rawget(t, 'a') end", "{a = 1, name = 'proto', n = 5}", "string" },
  __newindex = { "function(t, k, v) rawset(t, k, v) end", "function(t, k, v) out('set', show(k)) end", "{}" },
  __call = { "function(self, ...) return select('#', ...), ... end", "tostring", "function() error('called') end" },
  __add = { "function(a, b) return 'add' end", "function(a, b) return tonumber(b) or 1 end" }, __sub = { "function(a, b) return 5 end" }, __mul = { "function() end" },
  __div = { "function(a, b) return a end" }, __mod = { "function(a, b) return 1, 2 end" }, __pow = { "function(a, b) error({}) end" }, __unm = { "function(a, b) return rawequal(a, b) end" },
  __concat = { "function(a, b) return 'cat' end", "function(a, b) return type(a) .. type(b) end", "function(a, b) return nil end" },
  __eq = { "function(a, b) return true end", "function() return nil end", "function() return 1 end" }, __lt = { "function(a, b) return false end", "function() return 'yes' end" }, __le = { "function(a, b) return true end" },
  __len = { "function() return 42 end" }, __tostring = { "function(t) return 'TABLE' end", "function() return 3 end" }, __metatable = { "'locked'", "false" }, __mode = { "'k'", "'v'" },
}
local events = {}
for k in pairs(handlers) do events[#events + 1] = k end
table.sort(events)

function statement.metatable(p)
  local t, parts = p:fresh "t", {}
  for _ = 1, p:int(1, 5) do
    local e = p:of(events)
    parts[#parts + 1] = fmt("%s = %s", e, p:of(handlers[e]))
  end
  p:line("local %s = setmetatable(%s, {%s})", t, p:constructor(2), table.concat(parts, ", "))
  p:declare(t)
end

statement["pcall"] = function(p)
  p:line("out(%s(function(...)", p:of { "pcall", "pcall", "tpcall" })
  local vararg, keep = p.vararg, p.loop
  p.vararg, p.loop = true, 0
  p:block(p:int(1, 4), true)
  p:open(); p:line("%s", p:of { "error('e' .. tostring((...)))", "error({code = 1})", "error('level 2', 2)", "error()", "local nothing; nothing()", "return ...", "error('none', 0)", "do return nothing.field end", "Tg.x.y = 1", "do return 1 < 'a' end", "do return {} .. 'x' end", "assert(false, 'asserted')", "assert(nil)", "string.rep()", "('x'):bad()" }); p:close()
  p.vararg, p.loop = vararg, keep
  p:line("end, %s))", p:expression("x", 2))
end

-- A coroutine whose body yields at its own level: not through pcall or metamethods.
function statement.coroutine(p)
  local co = p:fresh "c"
  local vararg, keep = p.vararg, p.loop
  p:line("local %s = coroutine.%s(function(...)", co, p:of { "create", "create", "wrap" })
  local wrapped = p.lines[#p.lines]:find("wrap") ~= nil
  p.vararg, p.loop = true, 0
  p:open()
  for _ = 1, p:int(1, 3) do
    if p:chance(70) then p:line("%s(coroutine.yield(%s))", "out", p:list(2)) end
    p.indent = p.indent - 1; p:block(p:int(1, 2), true); p.indent = p.indent + 1
    if p:chance(40) then p:line("for i = 1, %d do out(i, coroutine.yield(i, ...)) end", p:int(1, 3)) end
  end
  if p:chance(20) then p:line("error(%s)", p:of { "'inside'", "{}", "'level 2', 2", "nil" }) else p:line("do return %s end", p:of { p:list(2), "coroutine.yield('tail')", p:call(2) }) end
  p:close()
  p.vararg, p.loop = vararg, keep
  p:line("end)")
  for _ = 1, p:int(1, 5) do
    if wrapped then p:line("out(pcall(%s, %s))", co, p:expression("x", 2))
    else p:line("out(coroutine.status(%s), coroutine.resume(%s, %s))", co, co, p:expression("x", 2)) end
  end
  if not wrapped then p:line("out(coroutine.status(%s), debug.traceback(%s))", co, co) end
end

-- A string made by appending, over and over, and what becomes of the older ones.
function statement.growing(p)
  local s, kept = p:fresh "s", p:fresh "t"
  p:line("local %s, %s = (%s):rep(%d) .. %s, {}", s, kept, p:of { "'ab'", "'12 '", "''" }, p:int(0, 150), p:expression("s", 2))
  p:line("for i = 1, %d do", p:int(2, 40))
  p:open()
  p:line("%s = %s .. %s", s, s, p:of { p:expression("s", 2), "i", "i .. ', '", "('x'):rep(i) .. i", s, fmt("(%s[1] or 'first')", kept) })
  p:line("if #%s > 4000 then %s = %s:sub(1, %d) end", s, s, s, p:int(100, 900))
  if p:chance(60) then p:line("%s[#%s + 1] = %s", kept, kept, s) end
  if p:chance(30) then p:line("if i %% 5 == 0 then %s = %s[%d] or %s end", s, kept, p:int(1, 12), s) end
  if p:chance(30) then p:line("%s[%s], %s[-i] = i, %s", kept, s, kept, p:of { fmt("%s .. '!'", s), fmt("'!' .. %s", s), fmt("%s:upper()", s) }) end
  p:close()
  p:line("end")
  p:line("out(#%s, #%s, %s:sub(-20), %s[%s])", s, kept, s, kept, s)
  p:line("for i = 1, #%s, %d do local x = %s[i]; out(#x, x:sub(-9), x == %s, x < %s, x:find('%%d+$'), %s[x], tonumber(x)) end", kept, p:int(1, 9), kept, s, s, kept)
  if p:chance(40) then p:line("for k, v in pairs(%s) do out(type(k) == 'string' and #k or k, #tostring(v)) end", kept) end
  p:declare(s)
end

-- A function whose free names are looked up elsewhere.
function statement.environment(p)
  local f = p:fresh "f"
  p:line("local %s = setfenv(function(...)", f)
  local vararg, keep = p.vararg, p.loop
  p.vararg, p.loop = true, 0
  p:open()
  p:line("tick()")
  p:line("%s = %s", p:of { "Ng", "Xg", "own" }, p:list(2):gsub("^$", "nil") .. "")
  p:line("out(Ng, Xg, own, %s)", p:expression(p:of(kinds), 2))
  if p:chance(30) then p:line("setfenv(%d, %s)", p:int(1, 3), p:of { "getfenv(f1)", "_G", "setmetatable({}, {__index = _G})" }) end
  p:line("return getfenv(%s), Ng", p:of { "", "1", "f1", "2", "0" })
  p:close()
  p.vararg, p.loop = vararg, keep
  p:line("end, setmetatable({%s}, {__index = %s}))", p:of { "", "Ng = 7", "Xg = 'x'", "tick = false" }, p:of { "_G", "_G", "getfenv()", "function(_, k) return _G[k] end" })
  p:declare(f)
  p:line("out(pcall(%s, %s))", f, p:expression("x", 2))
  p:line("out(own, rawget(getfenv(%s), 'own'), getfenv(%s) == _G)", f, f)
end

-- A function dumped and loaded again, in pieces of some size; text in pieces; chunks cut short.
function statement.reload(p)
  local f = p:name "f"
  local k = p:int(1, 5)
  if k <= 2 then
    p:line("out(pcall(function(...) return load(pieces(string.dump(%s), %d))(...) end, %s))", f, p:int(1, 60), p:expression("x", 2))
  elseif k == 3 then
    p:line("out(pcall(loadstring, string.dump(function(a, ...) local b = %s return a, b, ... end):sub(1, %d)))", p:of { "1", "a", "...", "{...}" }, p:int(1, 200))
  else
    p:line("out(load(pieces(%q, %d)%s))", "local a, b = ... return b, " .. (p:of { "a", "a .. ", "a)", "'text", "[[text", "1 2", "(a" }), p:int(1, 12), p:of { "", ", '=named'", ", '@file'", ", 'a text'" })
  end
end

-- Message handlers: that look, fail, or call more.
function statement.handler(p)
  p:line("out(xpcall(function(...)")
  local vararg, keep = p.vararg, p.loop
  p.vararg, p.loop = true, 0
  p:block(p:int(1, 3), true)
  p:open() p:line("%s", p:of { "error('e')", "error({})", "error()", "return nothing.field", "return nothing + 1", "nothing()", "return {} < {}", "return #nil", "string.rep()", "do return 1 end" }) p:close()
  p:line("end, function(m, ...)")
  -- How often a handler that fails is called again is on the list of differences.
  p:open() p:line("Hn = (Hn or 0) + 1 if Hn > 25 then return 'deep' end") p:close()
  p:block(p:int(0, 2), true)
  p:open()
  p:line("%s", p:of { "return m", "return type(m), 2", "return select('#', m, ...)", "error(m)", "error('again')", "return m .. '!'", "return debug.traceback(m, 2)", "return debug.getinfo(2, 'n').name", "do return pcall(error, m) end" })
  p:close()
  p.vararg, p.loop = vararg, keep
  p:line("end))")
end

-- A userdata that dies at once; its finalizer runs in the collection that follows.
function statement.finalizer(p)
  p:line("out(pcall(finalized, function(...)")
  local vararg, keep = p.vararg, p.loop
  p.vararg, p.loop = true, 0
  p:open() p:line("out('gc', select('#', ...), type((...)))") p:close()
  p:block(p:int(0, 2), true)
  if p:chance(30) then p:open() p:line("%s", p:of { "error('in gc')", "error({})", "out(pcall(coroutine.yield))", "out(coroutine.running())", "finalized(function() out('inner') end)" }) p:close() end
  p.vararg, p.loop = vararg, keep
  p:line("end))")
end

-- Coroutines that live inside a metamethod.
function statement.inside(p)
  local t = p:fresh "t"
  p:line("local %s = setmetatable({}, {%s = function(...)", t, p:of { "__index", "__add", "__call", "__concat", "__lt", "__newindex", "__unm" })
  local vararg, keep = p.vararg, p.loop
  p.vararg, p.loop = true, 0
  p:open()
  p:line("local co = coroutine.wrap(function(...)")
  p:block(p:int(1, 2), true)
  p:open() p:line("coroutine.yield(%s)", p:list(2)) p:line("%s", p:of { "do return 'over' end", "error('inside')", "coroutine.yield(2)" }) p:close()
  p:line("end)")
  p:line("do return co(...), %s end", p:of { "co()", "pcall(co, 1)", "pcall(co)" })
  p:close()
  p.vararg, p.loop = vararg, keep
  p:line("end})")
  p:declare(t)
  p:line("out(pcall(function() return %s end))", p:of { t .. ".name", t .. " + 1", t .. "(1, 2)", t .. " .. 'x'", t .. " < " .. t, "-" .. t })
  p:line("out(pcall(function() %s.x = 1 end))", t)
end

function statement.debug(p)
  local f = p:name "f"
  p:line("%s", p:of {
    fmt("out(debug.getupvalue(%s, %d))", f, p:int(0, 4)), fmt("out(debug.setupvalue(%s, %d, %s))", f, p:int(1, 3), p:expression("x", 2)),
    -- Not of a loop's hidden variables: the reference takes whatever lies there for a number.
    fmt("do local k = %d local n = debug.getlocal(1, k) if n and n:find('^%%a') then out(debug.setlocal(1, k, %s)) end end", p:int(1, 3), p:expression(p:of { "n", "s", "x" }, 2)), fmt("out(debug.getlocal(2, %d))", p:int(1, 2)),
    fmt("debug.setmetatable(1, {__index = function(n, k) return k end, __call = function(n, ...) return n, ... end}) out(pcall(function() return %s, (%s).x end)) debug.setmetatable(1, nil)", p:call(2), p:expression("n", 2)),
    fmt("debug.setmetatable(nil, {__index = function(_, k) return k end, __add = function() return 'nil' end}) out(pcall(function() return %s, nothing.x end)) debug.setmetatable(nil, nil)", p:expression("n", 2)),
    "out(debug.getinfo(2, 'n') and debug.getinfo(2, 'n').name)", fmt("out(show(debug.getinfo(%s, 'Su')))", f), "out(pcall(debug.getinfo, 1, 'X'))",
    fmt("out(debug.traceback(%s, %d))", p:expression("s", 2), p:int(0, 4)), "out(debug.getfenv(f1) == _G, debug.gethook() == nil)",
  })
end

function statement.module(p)
  local name = "gen" .. p:int(1, 4) .. p:of { "", "", ".sub", ".sub.deep" }
  local k = p:int(1, 4)
  if k <= 2 then
    p:line("package.preload['%s'] = function(...)", name)
    local vararg, keep = p.vararg, p.loop
    p.vararg, p.loop = true, 0
    p:block(p:int(1, 2), true)
    p:open() p:line("%s", p:of { "do return ... end", "do return end", "do return false end", "error('no module')", "do return {name = ...} end", "do return require(...) end" }) p:close()
    p.vararg, p.loop = vararg, keep
    p:line("end")
  end
  p:line("%s", p:of { fmt("out(pcall(require, '%s'))", name), fmt("out(pcall(require, '%s')) out(pcall(require, '%s'))", name, name), fmt("package.loaded['%s'] = nil", name), fmt("out(type(package.loaded['%s']))", name) })
end

function statement.library(p)
  p:line("%s", p:of {
    fmt("table.insert(%s, %s)", p:name "t", p:expression("n", 2)),
    fmt("table.insert(%s, %s, cut(%s))", p:name "t", p:of { "1", "2", "#" .. p:name "t" }, p:expression("s", 2)),
    fmt("out(table.remove(%s))", p:name "t"), fmt("out(table.remove(%s, 1))", p:name "t"),
    fmt("out(pcall(table.sort, %s))", p:name "t"), fmt("out(pcall(table.sort, %s, function(a, b) return tostring(a) %s tostring(b) end))", p:name "t", p:of { "<", ">", "<=" }),
    fmt("out(show(%s), #%s, table.maxn(%s))", p:name "t", p:name "t", p:name "t"),
    fmt("out(string.find(%s, %s))", p:expression("s", 2), p:expression("s", 2)),
    fmt("out(string.gsub(%s, '%%w+', function(w) return %s end))", p:expression("s", 2), p:of { "w", "nil", "w .. w", "#w", "false" }),
    "out(debug.traceback('here'))", "out(debug.traceback('level', 2))", "out(debug.getinfo(1, 'l').currentline, debug.getinfo(1, 'n').name)",
    "out(show(debug.getinfo(1, 'nSlu')))", "out(debug.getlocal(1, 1))", "out(debug.getlocal(1, 2))",
    fmt("out(pcall(loadstring, 'return %d +'))", p:int(1, 9)), fmt("out(loadstring('local a = ... return a, %d')(%s))", p:int(1, 9), p:expression("n", 2)),
    fmt("out(next(%s), rawget(%s, 1), rawequal(%s, %s))", p:name "t", p:name "t", p:name "t", p:name "t"),
    fmt("rawset(%s, %s, %s)", p:name "t", p:of { "1", "'a'", "2" }, p:expression("n", 2)),
    fmt("setmetatable(%s, M%d)", p:name "t", p:int(1, 4)), fmt("out(getmetatable(%s) == M1)", p:name "t"),
    fmt("out(tostring(%s))", p:expression("x", 1)), "collectgarbage()", "out(pcall(string.dump, print))",
    fmt("out(pcall(setfenv, %s, getfenv()))", p:name "f"), fmt("out(select(%s, %s))", p:of { "1", "2", "-1", "'#'" }, p:list(2) .. (", 1")):gsub("%(([^(]*), , ", "(%1, "),
    fmt("out(unpack(%s, 1, %d))", p:name "t", p:int(0, 4)), fmt("error(%s)", p:of { "'stop'", "{}", "nil", "'two', 2", "12" }),
  })
end

local weighted = {}
for name, weight in pairs { declare = 20, assign = 18, output = 12, call = 8, ["do"] = 3, ["if"] = 10, ["while"] = 3, ["repeat"] = 3, ["for"] = 5, ["for in"] = 6, ["function"] = 12,
  recursion = 2, growing = 3, metatable = 4, pcall = 6, coroutine = 4, library = 12, environment = 2, reload = 2, handler = 3, finalizer = 2, inside = 2,
  debug = 4, module = 2 } do
  weighted[#weighted + 1] = { name, weight }
end
table.sort(weighted, function(a, b) return a[1] < b[1] end)
local draw = {}
for _, w in ipairs(weighted) do for _ = 1, w[2] do draw[#draw + 1] = w[1] end end
local simple = { "declare", "assign", "output", "call", "library" }

function Program:statement()
  self.budget = self.budget - 1
  local name = (self.indent > 6 or self.nesting > 3) and self:of(simple) or self:of(draw)
  if self.indent == 0 and closed[name] and self:chance(75) then
    self:line("out(pcall(function(...)")
    self:open()
    statement[name](self)
    self:close()
    self:line("end, ...))")
  else
    statement[name](self)
  end
end

local prelude = {
  "local n1, s1, b1, t1, x1 = 1, 'text', true, {1, 2, 3, a = 'A', name = 'first', n = 3}, nil",
  "local function f1(...) tick() return ... end",
  "local function f2(a, b) tick() return b, a end",
  "function pieces(s, n) local i = -n + 1 return function() i = i + n return i <= #s and s:sub(i, i + n - 1) or nil end end",
  "function finalized(f) collectgarbage('stop'); (function() getmetatable(newproxy(true)).__gc = f end)() local ok, m = pcall(collectgarbage) collectgarbage('restart') return ok, m end",
  "M1 = {__index = function(t, k) return k end, __add = function(a, b) return 1 end}",
  "M2 = {__index = t1, __newindex = function(t, k, v) rawset(t, k, v) end, __eq = function() return true end}",
  "M3 = {__call = function(self, ...) return ... end, __concat = function(a, b) return 'c' end, __lt = function(a, b) return true end}",
  "M4 = {__tostring = function() return 'M4' end, __unm = function() return 'neg' end, __le = function() return nil end}",
}

local function program(seed, size)
  local p = setmetatable({ random = common.random(seed), lines = {}, indent = 0, scope = { names = { "n1", "s1", "b1", "t1", "x1", "f1", "f2" } }, count = 10, vararg = true, loop = 0, nesting = 0, budget = size }, Program)
  for _, l in ipairs(prelude) do p:line("%s", l) end
  while p.budget > 0 do p:statement() end
  return table.concat(p.lines, "\n") .. "\n"
end

-- What a chunk finds as globals, as text for scripts; programs.lua has the same for chunks.
local environment = [==[
local ticks = 0 function tick() ticks = ticks + 1 if ticks > 2000 then ticks = 0 error('tick limit') end end function show(v, d) d = d or 2 if type(v) == 'string' then return string.format('%q', v) elseif type(v) == 'number' then return string.format('%.17g', v) elseif type(v) ~= 'table' or d == 0 then return type(v) == 'table' and 'table' or type(v) == 'function' and 'function' or tostring(v) end local r = {} for k, w in next, v do r[#r + 1] = show(k, d - 1) .. '=' .. show(w, d - 1) end return '{' .. table.concat(r, ',') .. '}' end function out(...) for i = 1, select('#', ...) do local v = select(i, ...) io.write(type(v) == 'table' and 'table' or tostring(v), '\t') end io.write('\n') end function cut(s) return type(s) == 'string' and s:sub(1, 60) or s end function key(k) return (type(k) == 'table' or type(k) == 'function') and type(k) or k end do local plain = tostring function tostring(...) local s = plain(...) return type(s) == 'string' and s:gsub(': 0x%x+', ': ADDRESS') or s end end function tpcall(f, ...) return xpcall(f, debug.traceback) end ]==]

local seed, count, target, standalone = tonumber(arg[1]), tonumber(arg[2]), arg[3], arg[4]
local function make(number) return program(number, common.random(number):int(8, 45)) end
-- Too many locals and the like; anything else is the generator's fault.
local function excused(message)
  return message:find("limit") or message:find("too many") or message:find("vararg") or message:find("ambiguous")
end
writer.write("p", seed, count, target, make, excused, standalone and (environment:gsub("\n", " ")))

-- Expressions of loops.lua. What is asked for by a kind gives that kind, but for what events have put into a variable.
--
-- Kinds of names: n numbers, i integers that nothing assigns, j such of 1..N, d arrays of N numbers, a arrays of anything with holes, m rows of numbers, o objects with number fields, v objects with
-- metamethods, s strings, b booleans, x anything, f functions of numbers that give a number, c functions without parameters.

local writer = ...
local Program, weighted = writer.Program, writer.weighted
local fmt = string.format
local make = {}

-- == Names ====================================================================================

-- A visible name of the kind, or nil.
function Program:name(kind)
  local found = self:names(kind)
  return #found > 0 and self:of(found) or nil
end

function Program:expression(kind, depth) return make[kind](self, (depth or 0) + 1) end
function Program:number(depth) return make.n(self, (depth or 0) + 1) end
function Program:condition(depth) return make.b(self, (depth or 0) + 1) end

local small = { "0", "1", "2", "3", "4", "5", "7", "8", "10", "16", "100", "255", "-1", "-2", "-3", "-7" }
local halves = { "0.5", "1.5", "-0.5", "-2.5", "0.25", "0.1", "1e-3", "3.7", "-0.75", "1024.5" }
local special = { "2147483647", "2147483648", "2147483649", "-2147483648", "-2147483649", "4294967296", "9007199254740991",
  "9007199254740992", "9007199254740993", "-9007199254740993", "1e15", "1e16", "1e300", "-1e300", "1e-300", "5e-324",
  "(1/0)", "(-1/0)", "(0/0)", "(-(0/0))", "(-0)", "NZ", "1e100", "0x7fffffff", "0xffffffff", "4503599627370496.5", "INF", "NAN" }
local divisors = { "1", "2", "3", "4", "5", "7", "8", "10", "16", "64", "100", "1000", "256", "4096", "65536", "-1", "-2", "-3", "-8",
  "0.5", "1.5", "2.5", "-0.5", "-1.5", "0.1", "2147483648", "9007199254740992", "1e300", "0", "INF", "(-1/0)", "(-0)" }

function Program:constant()
  local k = self:int(1, 100)
  return self:of(k <= 68 and small or k <= 92 and halves or special)
end

local function atom(p)
  local k = p:int(1, 10)
  local name = k <= 6 and p:name "n" or k <= 8 and p:name "i" or k == 9 and p:name "j"
  return name or p:constant()
end

-- An index that reads a number of the dense arrays.
function Program:index(d)
  local k = self:int(1, 20)
  local i, j = self:name(self:of { "i", "i", "j" }) or self:name "j" or self:name "i" or "1", self:name "j"
  if k <= 11 and j then return j end
  if k == 12 then return tostring(self:int(1, self.N)) end
  if k == 13 and j then return fmt("%s %% %d + 1", j, self.N) end
  if k == 14 and j then return fmt("%d - %s", self.N + 1, j) end
  if k == 15 then return fmt("(%s * %d + %d) %% %d + 1", i, self:int(2, 9), self:int(0, 9), self.N) end
  if k == 16 then return fmt("floor(%s / 2) %% %d + 1", i, self.N) end
  return fmt("%s %% %d + 1", i, self.N)
end

-- An index to anything.
function Program:wild(d)
  local i = self:name(self:of { "i", "j", "i", "n" }) or self:name "i" or "3"
  local a = self:name "a"
  return self:of { i, i, i .. " + 1", i .. " - 1", "-" .. i, i .. " * 0.5", i .. " * 2", i .. " % 7", i .. " % 20 + 1",
    "0", "1", "-1", "1.5", "2^53", "INF", "'k'", "'x'", "'1'", "true", tostring(self:int(1, 40)),
    a and "#" .. a or "1", a and "#" .. a .. " + 1" or "2", a and "#" .. a .. " - 1" or "3", self:name "s" or "'k'",
    self:name "x" or "1", self:name "b" or "false", fmt("(%s)", atom(self)) }
end

-- One that may be stored at: neither nil nor NaN, but seldom.
function Program:place(d)
  if self:chance(3) then return self:wild(d) end
  local i = self:name(self:of { "i", "j" }) or self:name "i" or "3"
  local a = self:name "a"
  return self:of { i, i, i, i .. " + 1", i .. " - 1", "-" .. i, i .. " / 2", i .. " % 7", i .. " % 20 + 1", "0", "'k'", "'x'",
    tostring(self:int(1, 40)), a and "#" .. a .. " + 1" or "2", a and "#" .. a or "3", "1.5" }
end

-- == Numbers ==================================================================================

local function binary(p, d)
  local op = p:of { "+", "-", "*", "+", "-", "*", "/", "%", "%", "^" }
  local left, right = make.n(p, d), make.n(p, d)
  if op == "%" then
    local k = p:int(1, 10)
    right = k <= 8 and p:of(divisors) or k == 9 and p:name "n" or right
  elseif op == "^" then right = p:of { "2", "0.5", "3", "-1", "2", "0", "2", atom(p) }
  elseif p:chance(25) then right = p:constant()
  elseif p:chance(12) then left = p:constant() end
  return fmt("(%s %s %s)", left, op, right)
end

local one = { "floor", "ceil", "abs", "sqrt", "floor", "abs", "sin", "cos", "exp", "deg", "tan", "log" }
local two = { "max", "min", "fmod", "pow", "max", "min", "atan2" }

local function library(p, d)
  local name, arguments
  if p:chance(65) then name, arguments = p:of(one), make.n(p, d)
  else
    name, arguments = p:of(two), make.n(p, d) .. ", " .. make.n(p, d)
    if name == "fmod" then arguments = fmt("%s, %s", make.n(p, d), p:of(divisors)) end
    if (name == "max" or name == "min") and p:chance(20) then arguments = arguments .. ", " .. make.n(p, d) end
  end
  local as = p:int(1, 3)
  if as <= 2 and (name == "floor" or name == "max" or name == "abs" or name == "sqrt") then return fmt("%s(%s)", name, arguments) end
  return fmt("math.%s(%s)", name, arguments)
end

function Program:call_of(f, d)
  local list = {}
  for _ = 1, self.arity[f] or 1 do list[#list + 1] = make.n(self, d) end
  if self.recursive[f] then list[1] = fmt("%s %% %d", atom(self), self:int(2, 6)) end
  if self:chance(6) then list[#list + 1] = self:constant() end
  return fmt("%s(%s)", f, table.concat(list, ", "))
end

local numbers = weighted {
  atom, 22,
  binary, 38,
  function(p, d) local n = make.n(p, d) return n:sub(1, 1) == "-" and n or "-" .. n end, 3,
  function(p, d) return fmt("%s[%s]", p:name "d", p:index(d)) end, 14,
  function(p, d) return fmt("(%s[%s] or %s)", p:name "d", p:wild(d), atom(p)) end, 1,
  function(p, d) local a = p:name "a" return fmt("(tonumber(%s[%s]) or %s)", a, p:wild(d), atom(p)) end, 4,
  function(p, d) return fmt("%s.%s", p:name "o", p:of { "x", "y", "n" }) end, 10,
  function(p, d) return fmt("(%s.%s or %s)", p:name "o", p:of { "z", "w", "gone" }, p:constant()) end, 2,
  function(p, d) return fmt("%s[%s %% %d + 1][%s %% %d + 1]", p:name "m", p:name "i" or "1", p.R, p:name(p:of { "i", "j" }) or "2", p.R) end, 4,
  function(p) return p:of { "GA", "GB", "GC" } end, 5,
  library, 9,
  function(p, d) local f = p:name "f" return f and p:call_of(f, d) or atom(p) end, 7,
  function(p, d) return fmt("%s:%s(%s)", p:name "o", p:of { "add", "get", "add" }, make.n(p, d)) end, 2,
  function(p, d) return fmt("(%s and %s or %s)", make.b(p, d), make.n(p, d), make.n(p, d)) end, 5,
  function(p) return "#" .. p:name(p:of { "d", "a", "s", "a" }) end, 2,
  function(p) local x = p:name "x" return fmt(p:of { "(tonumber(%s) or 0)", "(type(%s) == 'number' and %s or 1)", "(%s == nil and 1 or 2)", "(%s and 1 or 0)" }, x, x) end, 5,
  function(p, d) return fmt("(%s)[%s]", p:of { "{1, 2, 3}", fmt("{%s, %s, %s}", make.n(p, d), atom(p), atom(p)) }, p:int(1, 3)) end, 1,
  function(p, d) return fmt("(%s %s %s)", p:of { "'10'", "'0x10'", "' 3.5 '" }, p:of { "+", "*", "-" }, make.n(p, d)) end, 1,
  function(p, d) return fmt("(%s %s %s).x", p:name "v", p:of { "+", "*" }, p:of { p:name "v", atom(p), p:name "v" }) end, 1,
  function(p) return fmt("%s.%s", p:name "v", p:of { "x", "y", "missing" }) end, 2,
  function(p) local c = p:name "c" return c and c .. "()" or atom(p) end, 3,
  function(p, d) return fmt("(any(%s, %s))", make.n(p, d), atom(p)) end, 1,
  function(p, d) return fmt("sum(%s, %s)", make.n(p, d), atom(p)) end, 1,
  function(p, d) return p:called(d) end, 12,
  function(p, d) return p.vararg and p:of { "count(...)", "(... or 1)", "select('#', ...)" } or atom(p) end, 1,
}
-- What a compiler of loops takes best: no calls but the library's, nothing new.
local straight = weighted {
  atom, 22,
  binary, 40,
  function(p, d) local n = make.n(p, d) return n:sub(1, 1) == "-" and n or "-" .. n end, 3,
  function(p, d) return fmt("%s[%s]", p:name "d", p:index(d)) end, 16,
  function(p, d) return fmt("%s.%s", p:name "o", p:of { "x", "y", "n" }) end, 8,
  function(p, d) return fmt("%s[%s %% %d + 1][%s %% %d + 1]", p:name "m", p:name "i" or "1", p.R, p:name(p:of { "i", "j" }) or "2", p.R) end, 3,
  function(p) return p:of { "GA", "GB", "GC" } end, 2,
  function(p, d) return fmt("(%s and %s or %s)", make.b(p, d), make.n(p, d), make.n(p, d)) end, 5,
  library, 4,
  function(p) return "#" .. p:name "d" end, 1,
}
local shallow = weighted { atom, 6, function(p, d) return fmt("%s[%s]", p:name "d", p:index(d)) end, 1, function(p) return fmt("%s.x", p:name "o") end, 1 }

function make.n(p, d)
  d = d + 1
  return p:of(d > p.depth and shallow or p.theme == "straight" and straight or numbers)(p, d)
end
make.i, make.j = make.n, make.n

-- == The other kinds ==========================================================================

local comparisons = { "<", "<=", ">", ">=", "==", "~=", "<", "<=", ">", ">=" }

local conditions = weighted {
  function(p, d) return fmt("%s %s %s", atom(p), p:of(comparisons), atom(p)) end, 20,
  function(p, d) return fmt("%s %s %s", make.n(p, d + 1), p:of(comparisons), make.n(p, d + 1)) end, 16,
  function(p, d) return fmt("%s %s %s", p:constant(), p:of(comparisons), atom(p)) end, 6,
  function(p) return fmt("%s %% %d == %d", p:name(p:of { "i", "n", "j" }) or p:name "i" or "5", p:int(2, 9), p:int(0, 2)) end, 14,
  function(p) return p:name "b" end, 8,
  function(p, d) return fmt("not %s", p:of { p:name "b", p:name "x", fmt("(%s)", make.b(p, d)) }) end, 5,
  function(p, d) return fmt("(%s) %s (%s)", make.b(p, d), p:of { "and", "or" }, make.b(p, d)) end, 10,
  function(p, d) return fmt("%s %s %s", p:name "x", p:of { "==", "~=" }, p:of { "nil", "true", "false", "'10'", p:name "x", p:name "s", atom(p) }) end, 7,
  function(p) return fmt("type(%s) == '%s'", p:name "x", p:of { "number", "string", "nil", "table" }) end, 3,
  function(p) return fmt("%s %s %s", p:name "s", p:of(comparisons), p:of { "'a'", "'m'", p:name "s", "''" }) end, 4,
  function(p) return fmt("%s[%s] %s %s", p:name "a", p:wild(), p:of { "==", "~=" }, p:of { "nil", atom(p), p:name "s", "true" }) end, 4,
  function(p) return p:name "x" end, 3,
  function(p) return fmt("%s %s %s", p:name "v", p:of { "<", "<=", "==", "~=", ">" }, p:name "v") end, 2,
  function(p) return fmt("%s.%s", p:name "o", p:of { "gone", "z", "flag" }) end, 2,
  function(p, d) return fmt("%s == %s", make.x(p, d), make.x(p, d)) end, 2,
}

function make.b(p, d)
  d = d + 1
  if d > p.depth then return p:chance(50) and p:name "b" or fmt("%s %s %s", atom(p), p:of(comparisons), atom(p)) end
  return p:of(p.theme == "straight" and tests or conditions)(p, d)
end

local tests = weighted {
  function(p, d) return fmt("%s %s %s", atom(p), p:of(comparisons), atom(p)) end, 20,
  function(p, d) return fmt("%s %s %s", make.n(p, d + 1), p:of(comparisons), make.n(p, d + 1)) end, 16,
  function(p, d) return fmt("%s %s %s", p:constant(), p:of(comparisons), atom(p)) end, 6,
  function(p) return fmt("%s %% %d == %d", p:name(p:of { "i", "n", "j" }) or p:name "i" or "5", p:int(2, 9), p:int(0, 2)) end, 10,
  function(p) return p:name "b" end, 3,
  function(p, d) return fmt("not (%s)", make.b(p, d)) end, 3,
  function(p, d) return fmt("(%s) %s (%s)", make.b(p, d), p:of { "and", "or" }, make.b(p, d)) end, 8,
}

local strings = weighted {
  function(p) return p:of { "''", "'a'", "'abc'", "'10'", "'0x1F'", "'3.5'", "'k'", "'x'", "'m\\0n'", "'zz'", "'-7'", "'1e2'" } end, 6,
  function(p) return p:name "s" end, 6,
  function(p, d) return fmt("(%s .. %s):sub(-%d)", p:name "s", p:of { atom(p), "'-'", p:name "s" }, p:int(3, 20)) end, 6,
  function(p, d) return fmt("%s .. %s", p:of { "'n'", "'<'" }, p:of { atom(p), make.n(p, d) .. " .. '>'" }) end, 4,
  function(p, d) return fmt("(%s and %s or %s)", make.b(p, d), make.s(p, d), make.s(p, d)) end, 3,
  function(p) return fmt("type(%s)", p:name "x") end, 1,
  function(p, d) return fmt("string.format('%s', %s)", p:of { "%5.1f", "%g", "%d" }, p:name "i" or "7") end, 1,
}
function make.s(p, d)
  d = d + 1
  return d > p.depth and p:name "s" or p:of(strings)(p, d)
end

local anything = weighted {
  function(p, d) return make.n(p, d + 1) end, 10,
  function(p, d) return make.s(p, d) end, 3,
  function(p) return p:of { "nil", "true", "false", "'10'", "'text'", "{}", "say" } end, 5,
  function(p) return p:name "x" end, 4,
  function(p) return fmt("%s[%s]", p:name "a", p:wild()) end, 8,
  function(p) return fmt("%s.%s", p:name "o", p:of { "z", "w", "gone", "flag", "x" }) end, 4,
  function(p, d) local b = make.b(p, d) return fmt("(%s)", b) end, 3,
  function(p, d) return fmt("(%s and %s or %s)", make.b(p, d), make.x(p, d), make.x(p, d)) end, 4,
  function(p, d) return fmt("(%s %s %s)", make.x(p, d), p:of { "and", "or" }, make.x(p, d)) end, 3,
  function(p, d) return fmt("{%s, x = %s}", atom(p), make.n(p, d)) end, 2,
  function(p) return p:name(p:of { "d", "a", "o", "v", "f" }) or "nil" end, 2,
  function(p) return p:of { "GX", "GA" } end, 2,
  function(p) return p:name "f" and "pick(1, " .. p:name "f" .. ")" or "nil" end, 1,
}
function make.x(p, d)
  d = d + 1
  return d > p.depth and (p:name "x" or "nil") or p:of(anything)(p, d)
end

function make.v(p, d)
  return p:of { fmt("%s + %s", p:name "v", p:of { p:name "v", atom(p) }), fmt("%s * %s", atom(p), p:name "v"), "-" .. p:name "v",
    fmt("V(%s)", make.n(p, d)), fmt("%s - %s", p:name "v", p:name "v") }
end

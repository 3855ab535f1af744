-- Statements of loops.lua: loops, what is in them, and events: what happens once, when a loop has long been hot.

local writer = ...
local Program, weighted = writer.Program, writer.weighted
local fmt = string.format
local statement = {}
local calling = writer.calling

local function join(list) return table.concat(list, ", ") end

-- `count` names or expressions of the kind, with commas.
function Program:several(kind, count, expression)
  local list = {}
  for _ = 1, count do list[#list + 1] = expression and self:expression(kind, 1) or self:name(kind) end
  return join(list)
end

-- What runs in a function of its own: neither `...`, `break` nor yields of the one around.
function Program:inside(body)
  local vararg, loops, yields = self.vararg, self.loops, self.yields
  self.vararg, self.loops, self.yields = false, {}, false
  local result = body()
  self.vararg, self.loops, self.yields = vararg, loops, yields
  return result
end

function Program:block(n)
  self:open()
  for _ = 1, n do self:statement() end
  self:close()
end

-- == Loops ====================================================================================

-- A loop is { at = function(turn): a condition that is true in that turn, count = turns, counter = an integer's name }.

local function counted(name) return function(turn) return fmt("%s == %d", name, turn) end end

-- A number where a loop may want one: as such, or in a variable.
local function bound(p, value)
  local text = value:find "^%(?%-?[%d.e+-]+%)?$" and value or "(" .. value .. ")"
  if p:chance(60) then return text end
  if p:chance(10) then return fmt("'%s'", value:gsub("[()]", "")):gsub("'%(?%-?[^'%d].*", text) .. "" end
  local name = p:fresh "n"
  p:line("local %s = %s", name, text)
  p:declare(name)
  return name
end

local function header(p, name, from, to, step)
  from, to = bound(p, from), bound(p, to)
  step = step and bound(p, step)
  p:line("for %s = %s, %s%s do", name, from, to, step and ", " .. step or "")
end

local function number(v) return fmt("%.17g", v) end

local shape = {}

function shape.integers(p, count)
  local step = p:of { 1, 1, 1, 1, 2, 3, -1, -2, 7, -7 }
  local from = p:of { 1, 1, 0, -5, 2, -math.floor(count / 2) * step, 1000, 2147483647 - math.floor(count / 2) * step,
    -2147483648 - math.floor(count / 2) * step, 4294967295 - math.floor(count / 2) * step, 9007199254740000 - count * 8 }
  local name = p:fresh "i"
  header(p, name, number(from), number(from + step * (count - 1) + (p:chance(15) and step / 2 or 0)), (step ~= 1 or p:chance(5)) and number(step))
  return { name, "end", { count = count, counter = name, at = function(turn) return fmt("%s == %s", name, number(from + step * (turn - 1))) end } }
end

-- Within the dense arrays.
function shape.elements(p, count)
  count = math.min(count, p.N)
  local name, back = p:fresh "j", p:chance(25)
  if back then header(p, name, tostring(count), "1", "-1")
  else header(p, name, "1", count == p.N and p:chance(50) and "#" .. p:name "d" or tostring(count)) end
  return { name, "end", { count = count, counter = name, at = function(turn) return fmt("%s == %d", name, back and count - turn + 1 or turn) end } }
end

-- With a counter beside it: fractions, and variables that the body assigns.
function shape.fractions(p, count)
  local counter, name = p:fresh "i", p:fresh "n"
  local from, step = p:of { 0, 1, 0.5, -3.3, 1e15, 1e-3 }, p:of { 1, 1, 0.1, 0.25, -0.5, 1.5, -1, 1 / 3, 2 ^ -20 }
  if from == 1e15 then step = p:of { 1, 0.5, 3 } end
  p:line("local %s = 0", counter)
  p:declare(counter)
  header(p, name, number(from), number(from + step * (count - 0.5)), number(step))
  return { name, "end", { count = count, counter = counter, at = counted(counter) }, fmt("%s = %s + 1", counter, counter) }
end

-- Ends by `break` only.
function shape.endless(p, count)
  local name = p:fresh "i"
  local to = p:of { "INF", "1e300", "2^53" }
  local k = p:int(1, 3)
  if k == 1 then header(p, name, "1", to)
  else
    p:line("local %s = 0", name)
    p:line("while %s do", k == 2 and "true" or "GA ~= say")
  end
  return { name, "end", { count = count, counter = name, at = counted(name) },
    fmt("%sif %s > %d then break end", k == 1 and "" or fmt("%s = %s + 1 ", name, name), name, count) }
end

shape["while"] = function(p, count)
  local name = p:fresh "i"
  p:line("local %s = 0", name)
  local limit = tostring(count)
  if p:chance(30) then
    limit = p:fresh "i"
    p:line("local %s = %d", limit, count)
    p:declare(limit)
  end
  local soon = math.floor(count * p:int(60, 95) / 100)
  local test = p:of { "%s < %s", "%s < %s", "%s ~= %s", "not (%s >= %s)" }
  local condition = fmt(test, name, limit)
  if p:chance(35) then condition = fmt(p:of { "%s and (%s < %d or %s)", "(%s) and not (%s >= %d and %s)" }, condition, name, soon, p:condition(1)) end
  p:line("while %s do", condition)
  return { name, "end", { count = count, counter = name, at = counted(name) }, fmt("%s = %s + 1", name, name) }
end

shape["repeat"] = function(p, count)
  local name = p:fresh "i"
  p:line("local %s = 0", name)
  local soon = math.floor(count * p:int(60, 95) / 100)
  p:line("repeat")
  local ending = fmt(p:of { "%s >= %d", "not (%s < %d)", "%s == %d" }, name, count)
  return { name, function()
    if p:chance(40) then ending = fmt("%s or %s > %d and %s", ending, name, soon, p:condition(1)) end
    return "until " .. ending
  end, { count = count, counter = name, at = counted(name) }, fmt("%s = %s + 1", name, name) }
end

-- Bounds that may be anything: no turn, or as many as are let.
function shape.anyhow(p, count)
  local counter, name = p:fresh "i", p:fresh "n"
  p:line("local %s = 0", counter)
  p:declare(counter)
  local from, to = p:of { p:name "n", p:constant() }, p:of { p:name "n", p:constant(), p:name "o" .. ".x", "#" .. p:name "d" }
  p:line("for %s = %s, %s%s do", name, from, to, p:of { "", "", ", -1", ", 0.5", ", 2", ", " .. p:name "n" .. " % 3 + 1" })
  return { name, "end", { count = count, counter = counter, at = counted(counter) },
    fmt("%s = %s + 1 if %s > %d then break end", counter, counter, counter, count) }
end

function shape.generic(p, count)
  local counter, key, value = p:fresh "i", p:fresh "j", p:fresh(p:of { "n", "x" })
  p:line("local %s = 0", counter)
  p:declare(counter)
  local d = p:name "d"
  p:line("for %s, %s in %s do", key, value, fmt(p:of { "ipairs(%s)", "pairs(%s)", "next, %s", "ipairs(%s)" }, d))
  p.also = value
  return { key, "end", { count = p.N, counter = counter, at = counted(counter) }, fmt("%s = %s + 1 if %s > %d then break end", counter, counter, counter, p.N) }
end

local shapes = weighted { "integers", 10, "elements", 10, "fractions", 5, "endless", 2, "while", 6, "repeat", 6, "generic", 3 }

-- A loop of `count` turns with `n` statements.
function Program:loop(count, n)
  local kind = #self.loops > 0 and self:chance(8) and "anyhow" or self:of(self.shapes or shapes)
  if kind == "generic" and self.turns * self.N > self.limit then kind = "elements" end
  self:open()
  self.indent = self.indent - 1
  local loop = shape[kind](self, count)
  local name, last, info, first = loop[1], loop[2], loop[3], loop[4]
  self:open()
  self:declare(name)
  if self.also then self:declare(self.also) self.also = nil end
  if first then self:line("%s", first) end
  local turns = self.turns
  self.turns = turns * info.count
  self.hottest = math.max(self.hottest, self.turns)
  self.loops[#self.loops + 1] = info
  local assigned = name:find "^n" and self:chance(40) and self:int(1, n)
  for k = 1, n do
    self:statement()
    if k == assigned then self:line("%s = %s", name, self:number()) end
  end
  last = type(last) == "function" and last() or last
  self.loops[#self.loops] = nil
  self.turns = turns
  self:close()
  self:line("%s", last)
  self.indent = self.indent + 1
  self:close()
end

local function inner(p)
  local room = math.floor(p.limit / p.turns)
  local count = math.min(p:of { 2, 3, 4, 5, 8, 10, 20, 50, 100 }, room)
  if count < 2 or #p.loops >= 4 then return statement.assign(p) end
  p:loop(count, p:int(1, 5))
end

-- == What is done in every turn ===============================================================

-- A new local, now and then under a name that is there already.
local function declare(p)
  local kind = p.theme == "straight" and "n" or p:of { "n", "n", "n", "n", "x", "s", "b", "v" }
  local name = p:chance(15) and p:name(kind) or p:fresh(kind)
  p:line("local %s = %s", name, p:expression(kind))
  p:declare(name)
end

function statement.assign(p)
  local name = p:name "n"
  local k = p:int(1, 10)
  if k <= 3 then p:line("%s = %s %s %s", name, name, p:of { "+", "-", "+", "*", "/" }, p:number(1))
  elseif k <= 5 then p:line("%s = (%s %s %s) %% %s", name, name, p:of { "+", "*", "-" }, p:number(2), p:of { "1000", "97", "1024", "2.5", "1e6", "65536" })
  else p:line("%s = %s", name, p:number()) end
end

local function multiple(p)
  local k = p:int(1, 6)
  local a, b, c = p:name "n", p:name "n", p:name "n"
  if k == 1 then p:line("%s, %s = %s, %s", a, b, b, a)
  elseif k == 2 then p:line("%s, %s, %s = %s, %s, %s", a, b, c, b, c, a)
  elseif k == 3 then p:line("%s, %s = %s", a, b, p:name "f" and p:call_of(p:name "f", 1) .. ", 1" or "1, 2")
  elseif k == 4 then
    local d = p:name "d"
    local i, j = p:index(), p:index()
    p:line("%s[%s], %s[%s] = %s[%s], %s[%s]", d, i, d, j, d, j, d, i)
  elseif k == 5 then p:line("%s, %s.x = %s, %s", a, p:name "o", p:number(1), p:number(1))
  else p:line("%s, %s, %s = %s", a, b, c, p:several("n", 3, true)) end
end

local function elements(p)
  local k = p:int(1, 10)
  local d = p:name "d"
  if k <= 6 then p:line("%s[%s] = %s", d, p:index(), p:number())
  elseif k <= 8 then
    local i = p:index()
    p:line("%s[%s] = %s[%s] %s %s", d, i, d, i, p:of { "+", "-", "*" }, p:number(1))
  elseif k == 9 then p:line("%s[%s %% %d + 1][%s %% %d + 1] = %s", p:name "m", p:name "i" or "1", p.R, p:name "j" or "2", p.R, p:number())
  else
    local row = p:fresh "x"
    p:line("local %s = %s[%s %% %d + 1]", row, p:name "m", p:name "i" or "1", p.R)
    p:declare(row)
  end
end

local function wild(p)
  local a = p:name "a"
  local k = p:int(1, 8)
  if k <= 4 then p:line("%s[%s] = %s", a, p:place(), p:expression(p:of { "n", "n", "n", "x", "s" }))
  elseif k == 5 then p:line("if #%s < 400 then %s[#%s + 1] = %s end", a, a, a, p:number())
  elseif k == 6 then p:line("%s[%s] = nil", a, p:place())
  elseif k == 7 then
    local i = p:wild()
    if p:chance(50) then p:line("%s = %s[%s]", p:name "x", a, i)
    else p:line("if type(%s[%s]) == 'number' then %s = %s + %s[%s] end", a, i, p:name "n", p:name "n", a, i) end
  else p:line("%s[%s] = (tonumber(%s[%s]) or 0) + %s", a, p:name "i" or "1", a, p:name "i" or "1", p:constant()) end
end

local function fields(p)
  local o = p:name "o"
  local k = p:int(1, 10)
  local f = p:of { "x", "y", "n" }
  if k <= 5 then p:line("%s.%s = %s.%s %s %s", o, f, o, f, p:of { "+", "-", "+", "*" }, p:number(2))
  elseif k <= 7 then p:line("%s.%s = %s", o, f, p:number())
  elseif k == 8 then p:line("%s.%s = %s", o, p:of { "z", "gone", "flag" }, p:expression "x")
  elseif k == 9 then p:line("%s['%s'], %s.n = %s, %s.x", o, f, o, p:number(1), p:name "o")
  else p:line("%s:%s(%s)", o, p:of { "add", "set" }, p:number(1)) end
end

local function globals(p)
  local g = p:of { "GA", "GB", "GC" }
  p:line("%s = %s", g, p:of { g .. " + 1", g .. " * 0.5 + " .. p:number(2), p:number(), fmt("(%s + %s) %% 1000", g, p:number(2)) })
end

statement["if"] = function(p)
  p:line("if %s then", p:condition())
  p:block(p:int(1, 3))
  while p:chance(25) do p:line("elseif %s then", p:condition()) p:block(p:int(1, 2)) end
  if p:chance(45) then p:line("else") p:block(p:int(1, 3)) end
  p:line("end")
end

local function values(p)
  local k = p:int(1, 5)
  if k <= 2 then p:line("%s = %s", p:name "x", p:expression "x")
  elseif k == 3 then p:line("%s = %s", p:name "b", p:of { fmt("(%s)", p:condition()), fmt("not %s", p:name "b"), fmt("%s and %s", p:condition(1), p:name "b") })
  elseif k == 4 then p:line("%s = %s", p:name "s", p:expression "s")
  else p:line("%s = %s", p:name "v", p:expression "v") end
end

local function building(p)
  local s = p:name "s"
  p:line("%s = %s .. %s if #%s > %d then %s = %s end", s, s, p:of { "'.'", p:name "i" or "'i'", p:name "n" }, s, p:int(20, 150), s, p:of { "''", fmt("%s:sub(-%d)", s, p:int(1, 10)) })
end

local function call(p)
  local k = p:int(1, 6)
  local f = p:name "f"
  if k <= 2 and f then p:line("%s", p:call_of(f, 1))
  elseif k == 3 then p:line("%s.x = %s", p:name "v", p:number())
  elseif k == 4 then p:line("%s.%s = %s", p:name "v", p:of { "q", "r" }, p:number())
  elseif k == 5 and #p.smalls > 0 then
    local h = p:of(p.smalls)
    if p.turns * h.turns > p.limit then return statement.assign(p) end
    p:line("%s, %s = %s(%s, %s)", p:name "n", p:name "n", h.name, p:number(1), p:number(2))
  else p:line("%s, %s = pcall(%s, %s)", p:name "b", p:name "x", f or "tonumber", p:expression(p:of { "x", "n" })) end
end

-- Functions made in the loop, which share variables with it and with each other.
local function closures(p)
  local n = p:name "n"
  local change = p:of { "%s = %s + 1", "%s = %s * 0.5", "%s = %s - 3" }
  p:inside(function()
    local k = p:int(1, 4)
    local c = p:fresh "c"
    local body = fmt(change, n, n) .. " return " .. n
    if k == 1 then p:line("local function %s() %s end", c, body) p:declare(c)
    elseif k == 2 then
      local c2 = p:fresh "c"
      p:line("local %s, %s = function() %s end, function() return %s end", c, c2, body, p:number(1))
      p:declare(c) p:declare(c2)
    elseif k == 3 then p:line("KEEP[#KEEP %% 6 + 1] = function() %s end", body)
    else p:line("KEEP[%s %% 6 + 1] = function(n0) %s = n0 return %s end", p:name "i" or "1", n, p:number(1)) end
  end)
  if p:chance(50) then
    local k = p:int(1, 6)
    p:line("if KEEP[%d] then %s = KEEP[%d](%s) or 0 end", k, p:name "n", k, p:number(2))
  end
end

local function allocations(p)
  local x = p:fresh "x"
  p:line("local %s = %s", x, p:of { fmt("{%s}", p:several("n", 3, true)), fmt("{x = %s, y = %s, %s}", p:number(1), p:name "n", p:name "n"), "{}", "function() end" })
  p:declare(x)
  if p:chance(30) then p:line("%s = %s", p:name "x", x) end
end

local function state(p)
  return join { p:several("n", 3), p:name(p:of { "x", "s", "b" }), p:name "i" or "0", p:name "n", p:of { "GA", "GB", p:name "o" .. ".x", p:name "d" .. "[" .. p:index() .. "]" } }
end

-- == Now and then =============================================================================

-- A condition that is true in few turns; it needs a loop.
local function seldom(p)
  local loop = p.loops[(p.once or p:chance(70)) and 1 or #p.loops]
  if p:chance(40) then return loop.at(math.max(1, math.floor(loop.count * p:int(15, 98) / 100))) end
  local every = math.max(3, math.floor(loop.count / p:int(2, 5)))
  return fmt("%s %% %d == %d", loop.counter, every, p:int(0, every - 1))
end

local sometimes = weighted {
  function(p) return fmt("say('in', %s)", state(p)) end, 12,
  function(p) return "peek()" end, 3,
  function(p) return "collect('step')" end, 3,
  function(p) return "collect()" end, 1,
  function(p) return "break" end, 2,
  -- The stack gets too small.
  function(p) return fmt("%s = deep(%d)", p:name "n", p:of { 20, 100, 500, 2000 }) end, 2,
  function(p) local d = p:name "d" return fmt("%s = %s", p:name "n", p:of { "sum(unpack(" .. d .. "))", "count(unpack({}, 1, 600))", "max(unpack(" .. d .. "))" }) end, 2,
  function(p) return fmt("return %s, %s", p:number(1), p:name "n") end, 2,
  function(p) return fmt("%s = %s", p:name "n", p:constant()) end, 6,
  function(p) return fmt("hooked('%s', %d)", p:of { "", "l", "cr", "" }, p:of { 10, 100, 1000, 23 }) end, 1,
  function(p) return "unhooked()" end, 3,
  function(p) return fmt("dump('in', %s)", p:name(p:of { "o", "a", "d" })) end, 3,
  function(p) return p.yields and fmt("%s, %s = coroutine.yield(%s)", p:name "n", p:name "x", p:number(1)) or fmt("say(pcall(fails, %d, %s))", p:int(1, 4), p:name "x") end, 4,
}

local function rarely(p)
  if #p.loops == 0 then return statement.assign(p) end
  local what
  repeat what = p:of(sometimes)(p)
  until not (p.unbroken and what == "break") and not (p.unreturned and what:find "^return") and not (p.limit < 100 and p:chance(90) and (what:find "^say" or what:find "^dump" or what:find "^peek" or what:find "^unhooked"))
  p:line("if %s then %s end", seldom(p), what)
end

-- == Events ===================================================================================

local replacement = {
  function(p) return fmt("function(n0, n9) return %s end", p:of { "n0", "n0 * 2 + 1", "(n9 or 0) - n0", "-n0", "n0 % 3", "7" }) end,
  function(p) return p:of { "math.abs", "math.ceil", "math.floor", "math.max", "math.sqrt" } end,
  function(p) return "setmetatable({}, {__call = function(self, n0) return n0 end})" end,
}

-- After these the loop goes on.
local mild = weighted {
  function(p) local f = p:name "f" return f and fmt("%s = %s", f, p:of(replacement)(p)) or "GA = 0" end, 8,
  function(p) return p:turned(true) end, 8,
  function(p) return fmt("%s = %s", p:of { "floor", "max", "abs", "sqrt" }, p:of(replacement)(p)) end, 6,
  function(p) return fmt("math.%s = %s", p:of { "floor", "sin", "abs", "max", "ceil", "fmod", "sqrt" }, p:of(replacement)(p)) end, 4,
  function(p) return fmt("%s = %s", p:name "x", p:of { "nil", "'text'", "'12'", "{}", "true", "3.5", "say", "0/0" }) end, 8,
  function(p) return fmt("%s = %s", p:name "n", p:of { "'10'", "'0x10'", "0/0", "1/0", "-1/0", "NZ", "2^31", "2^53", "-2^31 - 1", "1e308", "0.5" }) end, 8,
  function(p) return fmt("%s[%s] = %s", p:name "d", p:index(), p:of { "'10'", "'7'", "0/0", "1/0", "NZ", "2^53 + 1" }) end, 5,
  function(p) return fmt("%s.%s = %s", p:name "o", p:of { "x", "y", "n" }, p:of { "'3'", "0/0", "NZ", "2^31" }) end, 4,
  function(p) return fmt("%s.%s = nil", p:name "o", p:of { "z", "gone", "flag", "w" }) end, 3,
  function(p) return fmt("setmetatable(%s, {__index = function(t, k) return %s end})", p:name(p:of { "o", "a", "d" }), p:of { "k", "5", "#t", "nil" }) end, 4,
  function(p) return fmt("setmetatable(%s, {__index = %s})", p:name(p:of { "o", "a", "d" }), p:of { "{x = 1, z = 2, 10, 20}", p:name "d" }) end, 3,
  function(p) return fmt("setmetatable(%s, {__newindex = function(t, k, v) rawset(t, k, v) NEW = (NEW or 0) + 1 end})", p:name(p:of { "o", "a" })) end, 3,
  function(p) return fmt("setmetatable(%s, {__newindex = %s})", p:name(p:of { "o", "a" }), p:name "a") end, 1,
  function(p) return fmt("%s[#%s + 1] = %s", p:name "d", p:name "d", p:constant()) end, 2,
  function(p) return fmt("%s = %s", p:name "d", p:fill()) end, 3,
  function(p) return fmt("%s = %s", p:name "o", "O(3, -4)") end, 3,
  function(p) return fmt("%s, %s = %s, %s", "GA", "GB", p:of { "'5'", "0/0", "1" }, p:of { "'6'", "2.5" }) end, 3,
  function(p) local n = p:name "n" return fmt("poke('%s', %s)", n, p:of { "'8'", "-1", "0.5", "1/0", p:number(2) }) end, 4,
  function(p) local n = p:name "n" return fmt("hooked_poke('%s', %s, '%s', %d, %d)", n, p:of { "'8'", "-1", "0.5", "NZ" }, p:of { "", "l" }, p:of { 1, 10, 50 }, p:int(1, 30)) end, 2,
  function(p) return fmt("hooked('%s', %d)", p:of { "", "l", "crl", "" }, p:of { 10, 100, 100, 1000, 17, p:chance(20) and 1 or 31 }) end, 4,
  function(p) return "V.__add = function(a, b) return V(1) end" end, 2,
  function(p) return fmt("%s, %s = %s, %s", p:name "s", p:name "b", p:of { "'zzz'", "'1'" }, p:of { "nil", "1", "true" }) end, 3,
  function(p) return fmt("KEEP[%d] = %s", p:int(1, 6), p:of { "nil", "floor", "tonumber" }) end, 1,
  function(p) return "debug.setmetatable(0, {__index = function(n0, k) return n0 end, __call = function(n0, n9) return n9 end})" end, 1,
  function(p) return "setfenv(1, setmetatable({GA = 1}, {__index = getfenv(1)}))" end, 2,
}

-- These end what does not catch errors, at once or when the value is used.
local severe = weighted {
  function(p) return fmt("%s = %s", p:name "n", p:of { "nil", "'text'", "{}", "true", "say" }) end, 8,
  function(p) return p:turned(false) end, 5,
  function(p) return fmt("%s[%s] = %s", p:name "d", p:index(), p:of { "nil", "'text'", "{}", "false" }) end, 6,
  function(p) return fmt("%s.%s = %s", p:name "o", p:of { "x", "y", "n" }, p:of { "nil", "'text'", "{}" }) end, 5,
  function(p) return fmt("%s = %s", p:of { "GA", "GB", "GC" }, p:of { "nil", "{}", "'text'" }) end, 3,
  function(p) return fmt("%s = nil", p:name "f" or "GA") end, 2,
  function(p) return fmt("%s = %s", p:of { "floor", "abs", "max", "sqrt" }, p:of { "nil", "tostring", "{}" }) end, 3,
  function(p) return fmt("math.%s = nil", p:of { "floor", "abs", "max", "sin" }) end, 1,
  function(p) return fmt("%s = %s", p:name(p:of { "d", "o", "m", "a" }), p:of { "nil", "{}", "5", "'text'" }) end, 4,
  function(p) return fmt("%s[%d] = %s", p:name "m", p:int(1, 3), p:of { "nil", "{}", "2" }) end, 2,
  function(p) return fmt("fails(%d, %s)", p:int(1, 4), p:name "x") end, 2,
  function(p) return fmt("%s = %s", p:name "n", p:of { p:name "n" .. " + " .. p:name "d" .. ".none", p:name "o" .. ".none.x", "NOTHING(1)", "-{}", "1 .. {}", "#nil", "GX.y.z", "'a' + 1", p:name "d" .. " * 2" }) end, 4,
  function(p) return fmt("if %s then GA = 1 end", p:of { p:name "n" .. " < 'a'", "{} < {}", p:name "x" .. " < 1", "nil < 1", "'a' <= 1" }) end, 3,
  function(p) return fmt("poke('%s', %s)", p:name(p:of { "n", "d", "o", "x" }), p:of { "nil", "{}", "'text'" }) end, 3,
  function(p) return fmt("hooked_poke('%s', %s, '%s', %d, %d)", p:name "n", p:of { "nil", "'text'", "{}" }, p:of { "", "l" }, p:of { 1, 10, 50 }, p:int(1, 30)) end, 2,
}

-- A severe one is sometimes taken back some turns later.
local function event(p)
  local loop = p.loops[1]
  if not loop then return statement.assign(p) end
  if not p.once and p:chance(20) then loop = p.loops[#p.loops] end
  local turn = math.max(1, math.floor(loop.count * p:int(40, 97) / 100))
  if not p.gentle and p:chance(28) then p:line("if %s then %s end", loop.at(turn), p:of(severe)(p))
  else
    p:line("if %s then %s end", loop.at(turn), p:of(mild)(p))
    if p:chance(40) then p:line("if %s then %s end", loop.at(math.min(loop.count, turn + p:of { 1, 2, 5, 30 })), p:of(mild)(p)) end
  end
end

-- A variable that is something else for some turns, and what asks for its type.
local function changing(p)
  local loop = p.loops[1]
  if not loop then return statement.assign(p) end
  local turn = math.max(1, math.floor(loop.count * p:int(30, 80) / 100))
  local x = p:name "x"
  p:line("if %s then %s = %s elseif %s then %s = %s end", loop.at(turn), x, p:of { "nil", "'text'", "{}", "true" }, loop.at(math.min(loop.count, turn + p:int(1, 60))), x, p:of { "1", "0.5", p:name "n" })
  p:line("if type(%s) == 'number' then %s = %s %s %s end", x, x, x, p:of { "+", "*", "-" }, p:of { "1", "0.5", p:name "n" })
end

-- What fails is caught within the turn.
local function protected(p)
  if #p.loops == 0 or p.limit < 100 then return statement.assign(p) end
  local condition = seldom(p)
  p:line("if %s then", condition)
  p:open()
  p:line("say('protected', %spcall(function()", p:chance(20) and "x" or "")
  local handler = p.lines[#p.lines]:find "xpcall"
  p:inside(function()
    p:open()
    local unbroken = p.unbroken
    p.unbroken = true
    for _ = 1, p:int(1, 3) do p:statement() end
    p.unbroken = unbroken
    p:line("%s", p:of { "do return 1 end", p:of(severe)(p), p:of(severe)(p), "do return " .. p:name "n" .. " end" })
    p:close()
  end)
  p:line("end%s))", handler and ", caught" or "")
  p:close()
  p:line("end")
end

statement.event = event

-- == Drawing ==================================================================================

-- What a function's loops are mostly about.
local themes = {
  all = weighted {
    statement.assign, 22, declare, 8, multiple, 7, elements, 14, wild, 7, fields, 10, globals, 5, statement["if"], 12, values, 8,
    building, 3, call, 7, closures, 4, allocations, 3, rarely, 10, event, 7, changing, 3, protected, 2, inner, 9,
    calling.capture, 4, calling.use, 10, calling.poly, 4, calling.tables, 5, calling.opened, 4, calling.outer, 2,
  },
  straight = weighted { statement.assign, 34, declare, 8, multiple, 8, elements, 24, fields, 10, globals, 2, statement["if"], 18, rarely, 4, event, 5, inner, 12 },
  arrays = weighted { statement.assign, 16, multiple, 6, elements, 28, wild, 22, values, 6, statement["if"], 10, rarely, 5, event, 6, inner, 10, changing, 2 },
  objects = weighted { statement.assign, 16, fields, 34, globals, 8, values, 8, call, 10, statement["if"], 10, rarely, 5, event, 7, inner, 6, allocations, 3 },
  calls = weighted { statement.assign, 24, call, 22, multiple, 6, closures, 8, values, 6, statement["if"], 10, rarely, 6, event, 8, inner, 6, building, 3, calling.poly, 12, calling.opened, 12, calling.use, 6 },
  captures = weighted { statement.assign, 14, calling.capture, 8, calling.use, 34, calling.outer, 6, calling.opened, 4, calling.poly, 4, elements, 4, values, 4, statement["if"], 10, rarely, 4, event, 8, changing, 3, inner, 10 },
  tables = weighted { statement.assign, 14, calling.tables, 30, calling.poly, 8, calling.use, 8, calling.opened, 6, fields, 8, values, 8, allocations, 3, statement["if"], 10, rarely, 4, event, 6, inner, 8 },
}
writer.themes = { "all", "all", "straight", "straight", "straight", "arrays", "objects", "calls", "captures", "captures", "captures", "calls", "tables" }
local plain = weighted { statement.assign, 22, multiple, 5, elements, 12, wild, 5, fields, 8, globals, 4, values, 6, building, 2, call, 4, calling.use, 6, calling.tables, 3, calling.opened, 2, rarely, 6, event, 3 }

function Program:statement()
  self.size = self.size + 1
  return self:of((self.indent > 7 or self.size > 110) and plain or themes[self.theme])(self)
end

writer.statement = statement
-- For generators that have more of each kind.
writer.loops = { shape = shape, themes = themes, plain = plain, seldom = seldom, sometimes = sometimes, mild = mild, severe = severe }

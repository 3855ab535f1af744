-- Functions in the programs of loops.lua: closures over the variables of the very function whose loop is hot, results that are
-- passed on as they come, callees that differ from turn to turn, and what the libraries' small functions give.

local writer = ...
local Program, weighted = writer.Program, writer.weighted
local fmt = string.format

-- == What every program has ===================================================================

writer.functions = {
  "local function apply(g, n0, n9, n8) return g(n0, n9, n8) end",
  "local function twice(g, n0, n9, n8) local n7 = g(n0, n9, n8) return n7 + g(n7, n9, n8) end",
  "local function after(g, n0) g(n0) g(n0) return n0 end",
  "local function pass(g, ...) return g(...) end",
  "local function both(g, h, n0, n9, n8) return g(n0, n9, n8), h(n0, n9, n8) end",
  "local KEYS = {'x', 'y', 'n', 'z', 'w', 'key'}",
  "local POINT, OTHER, LAZY = {}, {}, {}",
  "POINT.__index, OTHER.__index, LAZY.__index = POINT, OTHER, function(t, k) if k == 'w' then return nil end return LAZY[k] end",
  "function POINT.new(x, y) return setmetatable({x = x, y = y, n = 0}, POINT) end",
  "function POINT:add(n) self.n = self.n + n return self.x end",
  "function POINT:get(n) return self.x + n end",
  "function POINT:set(n) self.x, self.y = n, self.x end",
  "function POINT:moved(n) return POINT.new(self.x + n, self.y) end",
  "function OTHER.new(x, y) return setmetatable({y = y, n = 1, x = x}, OTHER) end",
  "function OTHER:add(n) self.n = n return self:get(n) end",
  "function OTHER:get(n) return self.y - n end",
  "function OTHER:set(n) self.y = n return self end",
  "function OTHER:moved(n) return setmetatable({x = self.y, y = n, n = 2}, OTHER) end",
  "function LAZY.new(x, y) local o = {n = 0} o.x, o.y = x, y return setmetatable(o, LAZY) end",
  "LAZY.add, LAZY.get, LAZY.moved = POINT.add, OTHER.get, function(self, n) return LAZY.new(n, self.x) end",
  "function LAZY:set(n) self.x = n return POINT.set(self, n) end",
}

function Program:object() return fmt("%s(%s, %s)", self:of { "O", "POINT.new", "OTHER.new", "LAZY.new" }, self:constant(), self:constant()) end

-- == Names ====================================================================================

-- A variable of the kind that belongs to the function at work, or else any.
function Program:own(kind)
  local found, scope = {}, self.scope
  while scope do
    for _, name in ipairs(scope.names) do if name:sub(1, 1) == kind then found[#found + 1] = name end end
    if scope.whole then break end
    scope = scope.up
  end
  return #found > 0 and self:chance(85) and self:of(found) or self:name(kind)
end

-- A visible function, and what it is called with: three numbers are enough for each.
local function callee(p) return p:name "f" or "abs" end
local function three(p) return fmt("%s, %s, %s", p:number(2), p:constant(), p:number(2)) end
local function counter(p) return p:name "i" or p:name "j" or p:name "n" end

-- == Closures over the loop's own variables ===================================================

-- What is done to the variable: without parameters, and with one. Each ends in what it returns.
local without = {
  n = { "return %s", "%s = %s + 1 return %s", "%s = %s * 0.5 return %s", "%s = %s - 3 return 1", "local n0 = %s %s = n0 + 1 return n0", "%s = 7 return %s" },
  o = { "return %s.x", "%s.x = %s.x + 1 return %s.y", "%s = O(1, 2) return 1", "%s = POINT.new(%s.x, 3) return %s.y", "%s.n = %s.n + 1 return %s.n", "return %s:add(2)" },
  d = { "return %s[2]", "%s[1] = %s[1] + 1 return %s[3]", "%s = fill(function(k) return k end) return #%s", "%s[4], %s[5] = %s[5], %s[4] return 4" },
  b = { "%s = not %s return 1", "return %s and 1 or 2", "%s = false return 3" },
  s = { "return #%s", "%s = %s .. 'a' if #%s > 20 then %s = '' end return #%s", "%s = 'k' return 2" },
  x = { "%s = nil return 1", "%s = 2 return %s", "return tonumber(%s) or 0", "%s = not %s return 5" },
  v = { "return %s.x", "%s = %s + 1 return 2", "%s.x = %s.x + 1 return %s.x" },
  i = { "return %s", "return %s + 1", "return -%s" },
}
local with = {
  n = { "%s = n0 return n0", "%s = %s + n0 return %s", "local n9 = %s %s = n0 return n9", "return %s + n0", "%s = %s - n0 return n0", "if n0 > %s then %s = n0 end return %s", "%s = n0 %% 1000 return %s" },
  o = { "%s.x = n0 return %s.y", "%s = O(n0, 1) return n0", "return %s.x + n0", "%s:set(n0) return n0" },
  d = { "%s[3] = n0 return %s[2]", "%s[1], %s[2] = n0, %s[1] return n0", "return #%s + n0" },
  b = { "%s = n0 > 3 return n0", "return %s and n0 or -1" },
  s = { "%s = 'n' .. n0 return #%s", "return #%s + n0" },
  x = { "%s = n0 return n0", "%s = tostring(n0) return n0", "%s = n0 > 2 return 2", "%s = {n0} return n0" },
  v = { "%s = V(n0) return n0", "return (%s + n0).x" },
  i = { "return %s + n0", "return n0 - %s" },
}

local function about(template, name) return (template:gsub("%%s", name):gsub("%%%%", "%%")) end

-- A function's head and text, as a statement that declares or, when it has been declared, assigns it.
local function define(p, name, declared, parameters, body)
  if declared then p:line("%s = function(%s) %s end", name, parameters, body)
  elseif p:chance(70) then p:line("local function %s(%s) %s end", name, parameters, body)
  else p:line("local %s = function(%s) %s end", name, parameters, body) end
end

-- Functions that share the variable; `names`, when they have been declared already: c… and f….
local function share(p, variable, count, names)
  local kind = variable:sub(1, 1)
  if not without[kind] then kind = "i" end
  local made = {}
  for k = 1, count do
    local name = names and names[k] or p:fresh(p:of { "c", "f" })
    local bare = name:find "^c"
    local roll, other = p:int(1, 10), kind == "n" and p:own "n"
    local body
    if roll == 1 and other then
      body = fmt("%s, %s = %s, %s return %s", variable, other, other, variable, variable)
    elseif roll == 2 and other then
      body = fmt("%s = %s return %s", variable, other, p:of { variable, "1" })
    elseif roll <= 5 and #made > 0 then -- by way of another
      local inner = p:of(made)
      local call = fmt("%s(%s)", inner, inner:find "^f" and (bare and p:constant() or "n0") or "")
      body = p:of { fmt("return %s", call), fmt("return %s + 1", call), fmt("%s return %s", call, bare and "4" or "n0"), fmt("return (%s)", call) }
      if kind == "n" then body = p:of { body, fmt("%s = %s + %s return %s", variable, variable, call, variable), fmt("return %s + %s", variable, call) } end
    else body = about(p:of((bare and without or with)[kind]), variable) end
    define(p, name, names, bare and "" or "n0", body)
    made[#made + 1] = name
    p.shares[name] = variable
    p.arity[name] = not bare and 1 or nil
  end
  if not names then for _, name in ipairs(made) do p:declare(name) end end
end

local function captured(p)
  return p:own(p:of { "n", "n", "n", "n", "n", "o", "d", "b", "s", "x", "v" }) or p:own "n"
end

local captures = weighted {
  function(p) share(p, captured(p), p:of { 1, 2, 2, 3 }) end, 10,
  -- A copy of the loop's variable, or that itself.
  function(p)
    local name = p:fresh "n"
    p:line("local %s = %s", name, counter(p))
    p:declare(name)
    share(p, name, p:int(1, 2))
  end, 4,
  function(p) if p:own "i" then share(p, p:own "i", 1) else share(p, captured(p), 1) end end, 2,
  -- The block is left, the functions stay.
  function(p)
    local names, variable = {}, p:fresh(p:of { "n", "n", "n", "x", "s", "o" })
    for k = 1, p:int(1, 3) do names[k] = p:fresh(p:of { "c", "f" }) end
    p:line("local %s do", table.concat(names, ", "))
    p:open()
    p:line("local %s = %s", variable, variable:find "^o" and p:object() or p:expression(variable:sub(1, 1)))
    p:declare(variable)
    share(p, variable, #names, names)
    p:close()
    p:line("end")
    for _, name in ipairs(names) do p:declare(name) p.shares[name] = nil end
  end, 4,
  -- A maker of such functions.
  function(p)
    local maker, c, f = p:fresh "g", p:fresh "c", p:fresh "f"
    p:line("local function %s(n0) return function() n0 = n0 + 1 return n0 end, function(n9) %s return n0 end end", maker, p:of { "n0 = n9", "n0 = n0 - n9", "n0, n9 = n9, n0" })
    p:line("local %s, %s = %s(%s)", c, f, maker, p:number(1))
    p:declare(c) p:declare(f)
  end, 2,
}

local function capture(p) p:inside(function() p:of(captures)(p) end) end

-- A block's variable, functions over it, and a loop within that block.
local function outer(p)
  local room = math.floor(p.limit / p.turns)
  if room < 4 or #p.loops >= 4 then return capture(p) end
  p:line("do")
  p:open()
  local variable = p:fresh(p:of { "n", "n", "n", "b", "s", "o", "x" })
  p:line("local %s = %s", variable, variable:find "^o" and p:object() or p:expression(variable:sub(1, 1)))
  p:declare(variable)
  p:inside(function() share(p, variable, p:int(1, 3)) end)
  p:loop(math.min(p:of { 4, 8, 20, 50 }, room), p:int(1, 4))
  if variable:find "^n" then p:line("%s = %s", p:name "n", variable) end
  p:close()
  p:line("end")
end

-- A closure's call, and the variable it has in mind.
local function pair(p)
  local known = {}
  for _, kind in ipairs { "c", "f" } do
    for _, name in ipairs(p:names(kind)) do if p.shares[name] then known[#known + 1] = name end end
  end
  if #known == 0 then return end
  local name = p:of(known)
  local variable = p.shares[name]
  local call = fmt("%s(%s)", name, name:find "^f" and p:of { variable:find "^[ni]" and variable or "2", p:constant(), counter(p) } or "")
  return name, call, variable:find "^[ni]" and variable or p:own "n", variable
end

local function use(p)
  local name, call, n, variable = pair(p)
  if not name then return capture(p) end
  local k = p:int(1, 16)
  if k <= 3 then p:line("%s = %s", p:own "n", p:together(2))
  elseif k == 4 and variable:find "^n" then p:line("%s = %s", n, p:of { fmt("%s + %s", n, call), fmt("%s + %s", call, n), fmt("%s * 0.5 - %s", n, call), call })
  elseif k == 5 then p:line("%s, %s = %s, %s", p:own "n", p:own "n", call, n)
  elseif k == 6 then p:line("%s, %s = %s, %s", p:own "n", p:own "n", n, call)
  elseif k == 7 then p:line("if %s %s %s then %s = %s end", call, p:of { "<", ">", "==", "~=" }, n, p:own "n", p:constant())
  elseif k == 8 then p:line("%s[%s] = %s", p:name "d", p:index(), p:together(2))
  elseif k == 9 then p:line("%s.x = %s", p:own "o", p:together(2))
  elseif k == 10 then p:line("%s %s = %s", call, p:own "n", n)
  elseif k == 11 then p:line("%s = %s(%s, %s)", p:own "n", p:of { "apply", "after", "twice", "pass" }, name, p:of { n, p:constant() })
  elseif k == 12 then p:line("%s, %s = both(%s, %s, %s, %s, %s)", p:own "n", p:own "n", name, callee(p), n, p:constant(), n)
  elseif k == 13 and variable:find "^n" then p:line("%s = %s %s %s = %s + 1 %s = %s", n, p:number(1), call, n, n, p:own "n", call)
  elseif k == 14 and variable:find "^[nxbs]" then p:line("%s = %s", variable, p:expression(variable:sub(1, 1), 1))
  elseif k == 15 then p:line("if %s then %s else %s = %s end", p:condition(1), call, p:own "n", call)
  else p:line("%s", call) end
end

-- The variable and the closure in one expression.
function Program:together(d)
  local name, call, n = pair(self)
  if not name then return self:number(d) end
  return fmt(self:of { "(%s + %s + %s)", "(%s - %s * %s)", "(%s * 2 + %s - %s)", "(%s %% 16 + %s + %s)" }, n, call, n)
end

-- Late: the variable gets another type by the closure, or the closure is another.
function Program:turned(mild)
  local f = callee(self)
  return fmt(self:of { "%s(%s)", "%s(%s)", "pcall(%s, %s)", "say(pcall(apply, %s, %s, 1, 2))" }, f, mild and self:of { "'10'", "'0x10'", "0/0", "2^53", "NZ", "0.5" } or self:of { "nil", "{}", "'text'", "true", "say" })
end

-- == Results that are passed on ===============================================================

local open = weighted {
  function(p, f, g) return fmt("(any(%s(%s)))", f, three(p)) end, 2,
  function(p, f, g) return fmt("%s(%s(%s))", p:of { "max", "abs", "sum", "floor" }, f, three(p)) end, 4,
  function(p, f, g) return fmt("apply(%s, %s, %s)", f, p:constant(), fmt("any(%s(%s))", g, three(p))) end, 2,
  function(p, f, g) return fmt("%s(%s, 1, %s(%s))", f, p:number(2), g, three(p)) end, 4,
  function(p, f, g) return fmt("pass(%s, %s, %s, %s(%s))", f, p:number(2), p:number(2), g, three(p)) end, 2,
  function(p, f, g) return fmt("(%s[%s(%s)] or 0)", p:name "d", p:of { "floor", "abs", f }, fmt("%s(%s)", g, three(p))) end, 2,
  function(p, f, g) return fmt("select('#', %s(%s))", f, three(p)) end, 2,
  function(p, f, g) return fmt("pick(1, %s(%s))", f, three(p)) end, 2,
  function(p, f, g) return fmt("#{%s(%s)}", f, three(p)) end, 2,
  function(p, f, g) return fmt("({%s, %s(%s)})[%d]", p:number(2), f, three(p), p:int(1, 2)) end, 2,
  function(p, f, g) return fmt("count(%s(%s), %s(%s))", f, three(p), g, three(p)) end, 1,
  function(p, f, g) return fmt("sum(both(%s, %s, %s))", f, g, three(p)) end, 2,
  function(p, f, g) return fmt("(tonumber(tostring(%s(%s))) or 0)", f, three(p)) end, 2,
  function(p, f, g) return fmt("math.max(1, %s(%s))", f, three(p)) end, 2,
}

-- Small functions of the top that end in a call, of what has been made before them.
function Program:tailing(params)
  local f, g, n = callee(self), callee(self), params[1]
  local all = fmt("%s, %s, 2", n, params[2] or "1")
  return self:of {
    fmt("return %s(%s)", f, all), fmt("return %s(%s)", self:of { "floor", "abs", "math.sqrt", "math.floor" }, n),
    fmt("return %s(%s(%s))", self:of { "max", "any", "abs", "tonumber" }, f, all), fmt("return %s(%s, 1, %s(%s))", f, n, g, all),
    fmt("return (%s(%s))", f, all), fmt("return any(%s, %s(%s))", n, f, all), fmt("return apply(%s, %s)", f, all),
    fmt("if %s > 3 then return %s(%s) end return %s(%s)", n, f, all, g, all),
    fmt("local n0 = %s(%s) return n0, %s(%s)", f, all, g, all), fmt("return pass(%s, %s)", f, all),
    fmt("return tonumber(tostring(%s))", n), fmt("return pick(1, %s, %s)", n, n), fmt("local t = {%s, %s} return unpack(t)", n, params[2] or n),
    fmt("return POINT.new(%s, 1):get(2)", n), fmt("local o = POINT.new(%s, 3):moved(1) return o.x, o", n),
  }
end

-- == Callees that differ ======================================================================

local function poly(p)
  local f, g, i = callee(p), callee(p), counter(p)
  local which = fmt("%s %% %d == 0", i, p:int(2, 4))
  local k = p:int(1, 9)
  if k == 1 then p:line("%s = (%s and %s or %s)(%s)", p:own "n", which, f, g, three(p))
  elseif k == 2 then
    local new = p:fresh "f"
    p:line("local %s = %s and %s or %s", new, which, f, p:of { g, "math.abs", "max" })
    p.arity[new] = 3
    p:declare(new)
    p:line("%s = %s(%s)", p:own "n", new, three(p))
  elseif k == 3 then p:line("%s = apply(%s and %s or %s, %s)", p:own "n", which, f, g, three(p))
  elseif k == 4 then
    -- The later one becomes the earlier, which cannot call it: it would never end.
    if tonumber(f:match "%d+$" or 0) < tonumber(g:match "%d+$" or 0) then f, g = g, f end
    p:line("if %s then %s = %s end", which, f, g)
  elseif k <= 7 then
    local o = p:fresh "o"
    p:line("local %s = %s and %s or %s", o, which, p:own "o", p:name "o")
    p:declare(o)
    p:line(p:of { "%s = %s:get(%s)", "%s = %s:add(%s)", "%s = %s:moved(%s).x", "%s = %s.x + %s" }, p:own "n", o, p:number(2))
  elseif k == 8 then p:line("%s = ({%s, %s, %s})[floor(abs(%s)) %% 3 + 1](%s)", p:own "n", f, g, p:of { f, "abs", "CALLED" }, counter(p), three(p))
  else p:line("%s = CALLED(%s)", p:own "n", p:number(2)) end
end

-- == Strings, tables, and the libraries' small functions ======================================

local function key(p) return fmt("KEYS[%s %% 6 + 1]", counter(p)) end

local little = weighted {
  function(p) return fmt("(string.byte(%s, %s) or 0)", p:name "s", p:of { "1", "-1", "2", counter(p) .. " % 4" }) end, 3,
  function(p) return fmt("(%s:byte() or 1)", p:name "s") end, 1,
  function(p) return fmt("#%s:sub(%s %% 5, %s)", p:name "s", counter(p), p:of { "-1", "-2", "3" }) end, 2,
  function(p) return fmt("(tonumber(string.sub(%s, 1, %d)) or 0)", p:name "s", p:int(0, 3)) end, 2,
  function(p) return fmt("#(%s .. %s)", p:name "s", p:of { p:name "s", counter(p), "'ab'", p:name "n" }) end, 3,
  function(p) return fmt("#tostring(%s)", p:of { counter(p), p:name "b", p:name "s" }) end, 2,
  function(p) return fmt("tonumber('%d' .. %s %% 10)", p:int(1, 9), counter(p)) end, 1,
  function(p) return fmt("(type(%s) == type(%s) and 1 or 0)", p:name(p:of { "x", "s", "n", "o" }), p:name(p:of { "x", "b", "n" })) end, 2,
  function(p) return fmt("(select(%d, %s, %s))", p:int(1, 2), p:number(2), p:number(2)) end, 2,
  function(p) return fmt("(unpack(%s, %d, %d) or 0)", p:name "d", p:int(1, 3), p:int(1, 5)) end, 2,
  function(p) return fmt("sum(unpack(%s, 1, %s %% 5))", p:name "d", counter(p)) end, 1,
  function(p) return fmt("(tonumber(rawget(%s, %s)) or 0)", p:name(p:of { "o", "a", "v" }), p:of { key(p), "'x'", counter(p) }) end, 3,
  function(p) return fmt("(next(%s) == nil and 1 or 2)", p:of { "{}", p:name "a", p:name "o", fmt("{%s}", p:name "n") }) end, 2,
  function(p) return fmt("(tonumber(%s[%s]) or 0)", p:name "o", p:of { key(p), p:name "s" }) end, 5,
  function(p) return fmt("(%s %s %s and 1 or 0)", p:name(p:of { "o", "s", "x", "a", "n", "v", "d" }), p:of { "==", "~=" }, p:name(p:of { "o", "s", "x", "a", "n", "v", "d" })) end, 5,
  function(p) return fmt("(rawequal(%s, %s) and 1 or 0)", p:name(p:of { "o", "v", "x" }), p:name(p:of { "o", "v", "x" })) end, 1,
  function(p) return fmt("%s.x", fmt(p:of { "POINT.new(%s, 1)", "OTHER.new(2, %s)", "LAZY.new(%s, 3)" }, p:number(2))) end, 2,
  function(p) return fmt("POINT.new(%s, 1):moved(%s):get(1)", p:number(2), counter(p)) end, 1,
  function(p) return fmt("%s:moved(%s).x", p:name "o", p:number(2)) end, 1,
}

local function tables(p)
  local k = p:int(1, 12)
  local o = p:own "o"
  if k <= 2 then p:line("%s[%s] = %s", o, key(p), p:number(1))
  elseif k == 3 then p:line("%s[KEYS[%s %% 3 + 4]] = %s", o, counter(p), p:of { "nil", p:name "x", p:name "s", p:name "b" })
  elseif k == 4 then p:line("%s[%s] = %s", o, p:of { "'k' .. " .. counter(p) .. " % 5", p:name "s" }, p:number(1))
  elseif k == 5 then p:line("rawset(%s, %s, %s)", o, p:of { "'x'", "'z'", key(p) }, p:number(1))
  elseif k == 6 then p:line("%s = %s", o, p:of { fmt("%s:moved(%s)", p:name "o", p:number(1)), p:object() })
  elseif k == 7 then
    local new = p:fresh "o"
    p:line("local %s = %s", new, fmt(p:of { "POINT.new(%s, %s)", "OTHER.new(%s, %s)", "setmetatable({x = %s, y = %s, n = 1}, POINT)", "LAZY.new(%s, %s)" }, p:number(1), p:number(2)))
    p:declare(new)
  elseif k == 8 then
    local s = p:fresh "s"
    p:line("local %s = %s", s, key(p))
    p:declare(s)
    p:line("%s = tonumber(%s[%s]) or 1", p:own "n", o, s)
  elseif k == 9 then -- a count, for the order may differ
    local n = p:own "n"
    local left = p:fresh "k"
    p:line("local %s = %d for _ in %s(%s) do %s = %s + 1 %s = %s - 1 if %s < 0 then break end end", left, p:int(2, 12), p:of { "pairs", "pairs", "next," }, p:name(p:of { "a", "o", "d" }), n, n, left, left, left)
    p.lines[#p.lines] = p.lines[#p.lines]:gsub("next,%(([%w]+)%)", "next, %1")
  elseif k == 10 then p:line("for k, e in ipairs(%s) do if k > %d then break end %s = e end", p:name "d", p:int(1, 9), p:own "x")
  elseif k == 11 then p:line("%s = %s", p:own "s", p:of { fmt("string.sub(%s .. %s, -%d)", p:name "s", counter(p), p:int(1, 9)), fmt("tostring(%s)", counter(p)), fmt("type(%s)", p:name "x"), key(p) })
  else p:line("if %s == %s then %s = %s end", p:name(p:of { "s", "x", "o" }), p:of { p:name "s", p:name "x", p:name "o", key(p) }, p:own "n", p:constant()) end
end

-- A number by any of these.
function Program:called(d)
  local k = self:int(1, 10)
  if k <= 3 then return self:together(d) end
  if k <= 7 then return self:of(little)(self) end
  return fmt("(%s)", self:of(open)(self, callee(self), callee(self)))
end

local function opened(p) p:line("%s = %s", p:own "n", p:of(open)(p, callee(p), callee(p))) end

writer.calling = { capture = capture, outer = outer, use = use, poly = poly, tables = tables, opened = opened }

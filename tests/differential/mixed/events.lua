-- Events of mixed.lua: what happens once, when a loop or function has long been hot. Metamethods come, go and change; operands become of
-- another kind; the libraries' functions are replaced; frames are looked at and changed.

local writer = ...
local Program, weighted = writer.Program, writer.weighted
local fmt = string.format
local loops, mixing = writer.loops, writer.mixing

local all = { "add", "sub", "mul", "div", "mod", "pow", "unm", "concat", "len", "eq", "lt", "le", "index", "newindex", "call" }

local replacements = {
  { "_G", "pairs", "function(t) return next, t end" }, { "_G", "pairs", "function(t) local k return function() local v k, v = next(t, k) return k, v end end" }, { "_G", "ipairs", "pairs" }, { "_G", "ipairs", "function(t) return function(t, k) k = k + 1 if k < 4 then return k, 'own' end end, t, 0 end" },
  { "_G", "next", "function(t, k) if not k then return 'only', 1 end end" }, { "_G", "type", "function(v) return 'number' end" }, { "_G", "select", "function(...) return 7 end" }, { "_G", "tostring", "function(v) return 'text' end" },
  { "_G", "unpack", "function(t, ...) return ... end" }, { "_G", "rawget", "rawequal" }, { "_G", "pcall", "function(f, ...) return false, ... end" }, { "_G", "setmetatable", "function(t) return t end" }, { "_G", "tonumber", "function(...) return 1, ... end" },
  { "_G", "mix", "function(n, ...) return (num(n) * 7 + select('#', ...)) % 9973 end" }, { "_G", "any", "function(...) return 1, ... end" }, { "_G", "any", "type" }, { "_G", "num", "function() return 3 end" }, { "_G", "fit", "function(v) return 5 end" },
  { "string", "sub", "function(s, i) return s end" }, { "string", "byte", "function(...) return select('#', ...) end" }, { "string", "find", "string.match" }, { "string", "sub", "string.rep" }, { "string", "len", "function(s) return -1 end" }, { "string", "gsub", "function(s) return s, 0 end" },
  { "string", "format", "function(...) return ... end" }, { "math", "floor", "math.ceil" }, { "math", "max", "function(...) return select('#', ...) end" }, { "math", "abs", "setmetatable({}, {__call = function(self, n) return n end})" }, { "table", "concat", "function(t) return #t end" },
}

local metatables = {
  "debug.setmetatable('', {__index = function(s, k) return string[k] end})", "debug.setmetatable('', {__index = string, __add = function(a, b) return 5 end, __call = function(s, ...) return #s, ... end, __unm = function(s) return s end})",
  "debug.setmetatable('', {__index = string, __concat = function(a, b) return 'never' end, __lt = function() return true end, __eq = function() return true end})", "debug.setmetatable('', {__index = setmetatable({x = 1}, {__index = string})})",
  "debug.setmetatable(0, {__index = function(n, k) return k end, __call = function(n, ...) return n, ... end, __concat = function(a, b) return 'c' end})", "debug.setmetatable(0, {__len = function(n) return 4 end, __lt = function() return true end, __newindex = function() end, __index = {x = 2}})",
  "debug.setmetatable(nil, {__index = function(t, k) return 1 end, __add = function(a, b) return 2 end, __lt = function() return true end, __call = function(...) return ... end, __concat = function(a, b) return 'nil' end})", "debug.setmetatable(print, {__index = {x = 3}, __add = function() return 4 end, __lt = function() return false end, __concat = function() return 'f' end})",
}

local function object(p) return p:name "u" end
local function classes(p) return p:of(p.classes).name end

-- After these the function goes on, or nearly always.
local mild = weighted {
  function(p) local event, class = p:of(all), p:of(p.classes) return fmt("%s.__%s = %s", class.name, event, writer.metamethod(p, event, class.name, class.counter)) end, 16,
  function(p) return fmt("%s.__index = %s", classes(p), p:of { "nil", classes(p), "{x = 5, y = 6}", "function(t, k) return k end", p:name "y", object(p), "string" }) end, 5,
  function(p) return fmt("%s.__newindex = %s", classes(p), p:of { "nil", "{}", "rawset", p:name "y", object(p), "function(t, k, v) end" }) end, 4,
  function(p) return fmt("%s.__eq, %s.__lt = %s", classes(p), classes(p), p:of { "rawequal, rawequal", "nil, rawequal", "function() return true end, function() return nil end" }) end, 2,
  function(p) return fmt("if type(%s) == 'table' then setmetatable(%s, %s) end", "W", "W", classes(p)):gsub("W", object(p)) .. "" end, 4,
  function(p) return fmt("%s = %s", object(p), writer.initial.u(p)) end, 5,
  function(p) return fmt("%s = %s", p:name "w", p:operand()) end, 12,
  function(p) return p.left and fmt("%s, %s = %s", p.left, p.right, p:operands()) or fmt("%s = %s", p:name "w", p:operand()) end, 16,
  function(p) return fmt("swap(%s, '%s', %s)", unpack(p:of(replacements))) end, 14,
  function(p) return p:of(metatables) end, 7,
  function(p) return "unswap()" end, 5,
  -- Not the earlier one to the later: they call themselves, and would each other.
  function(p) local e, other = p:name "e", p:name "e" return tonumber(e:match "%d+") < tonumber(other:match "%d+") and fmt("%s = %s", e, other) or "unswap()" end, 2,
  function(p) return fmt("%s = %s", p:name "e", p:of { "any", "any", "type", "function(...) return 1, ... end", "function() end", "function(a) return a end", "select", "setmetatable({}, {__call = function(self, ...) return ... end})", "pcall" }) end, 6,
  function(p) return fmt("%s = %s", p:name "z", p:of { p:name "z", "function(n) return function(s, k) k = k or 0 if k < n then return k + 1 end end end", "function(n) return next, {1, 2, x = 3} end", "function(n) return pairs(KEYS) end" }) end, 5,
  function(p) return fmt("%s = %s", p:name "y", writer.initial.y(p)) end, 3,
  function(p) local y = p:name "y" return fmt("for k in pairs(%s) do %s[k] = nil end", y, y) end, 2,
  function(p) return fmt("setmetatable(%s, %s)", p:name(p:of { "y", "y", "a", "d", "o" }), p:of { "{__index = function(t, k) return num(k) end}", "{__newindex = function(t, k, v) rawset(t, k, 'new') end}", "{__index = KEYS, __newindex = rawset}", classes(p), "nil" }) end, 5,
  function(p) return fmt("peek(%s)", mixing.any(p)) end, 3,
  function(p) return fmt("stack(%d)", p:int(1, 5)) end, 4,
  function(p) return p:of { "collect()", "collect('step')" } end, 4,
  function(p) return fmt("%s = deep(%d)", p:name "n", p:of { 100, 1000, 5000 }) end, 3,
  function(p) return fmt("print(debug.traceback('at', %d))", p:int(0, 2)) end, 2,
  function(p) return fmt("%s = { (debug.getlocal(1, %d)) }", p:name "x", p:int(1, 4)) end, 1,
  function(p) return "do local i = debug.getinfo(1, 'nSl') say(i.name, i.namewhat, i.currentline, i.linedefined) end" end, 2,
  function(p) return fmt("poke('%s', %s)", p:name(p:of { "n", "w", "x", "s" }), p:of { "'8'", "0.5", "1/0", "'10'", p:operand() }) end, 6,
  function(p) return fmt("poke_at(2, '%s', %s)", p:of { "n0", "r", p:name "n", p:name "w" }, p:of { "0.5", "7", "'8'" }) end, 1,
  function(p) return fmt("hooked('%s', %d)", p:of { "", "l", "cr", "c", "r", "crl" }, p:of { 10, 100, 100, 1000, 17, p:chance(20) and 1 or 31 }) end, 5,
  function(p) return "unhooked()" end, 2,
  function(p) return fmt("hooked_poke('%s', %s, '%s', %d, %d)", p:name(p:of { "n", "w", "x" }), p:of { "'8'", "-1", "0.5", p:operand() }, p:of { "", "l", "c", "r" }, p:of { 1, 10, 50 }, p:int(1, 30)) end, 3,
}

-- These end what does not catch errors.
local severe = weighted {
  function(p) return fmt("%s.__%s = %s", classes(p), p:of(all), p:of { "nil", "5", "'text'", "{}", "false" }) end, 14,
  function(p) return fmt("%s = %s", p:name "w", p:of { "nil", "'text'", "{}", "true", "say" }) end, 8,
  function(p) return fmt("%s = %s", object(p), p:of { "nil", "'text'", "{}", "5", "say" }) end, 7,
  function(p) return p.left and fmt("%s, %s = %s", p.left, p.right, p:of { "1, 'a'", "{}, {}", "nil, 1", p:operands(), "say, say", "'1', 2" }) or fmt("%s = nil", p:name "w") end, 10,
  function(p) return fmt("%s = %s", p:name "s", p:of { "nil", "{}", "5", "true" }) end, 4,
  function(p) return fmt("%s = %s", p:name "y", p:of { "nil", "'text'", "5" }) end, 4,
  function(p) return fmt("%s = %s", p:name(p:of { "e", "z" }), p:of { "nil", "{}", "error", "'text'" }) end, 4,
  function(p) return fmt("swap(%s, '%s', %s)", p:of { "_G", "_G", "string" }, p:of { "pairs", "ipairs", "next", "sub", "byte", "mix", "select", "type", "unpack" }, p:of { "nil", "error", "{}" }) end, 5,
  function(p) return fmt("fails(%d, %s)", p:int(1, 4), mixing.any(p)) end, 3,
  function(p) return fmt("%s = %s", p:name "n", p:of { mixing.any(p) .. " .. " .. mixing.any(p), mixing.any(p) .. " + " .. p:name "w", "#" .. p:name "w", "-" .. p:name "x", p:name "u" .. ".none.none", p:name "s" .. ":none()" }) end, 5,
  function(p) return fmt("error(%s, %d)", p:of { "'on the way'", "{}", "nil", p:name "n" }, p:int(0, 3)) end, 3,
  function(p) return fmt("poke('%s', %s)", p:name(p:of { "w", "u", "x", "n", "y" }), p:of { "nil", "{}", "'text'" }) end, 4,
}

-- Functions that coroutines run have no hooks: see mixed.lua.
local function drawn(p, list)
  local what
  repeat what = p:of(list)(p) until not (p.threads and what:find "hook")
  return what
end

local function event(p)
  local loop = p.loops[p:chance(75) and 1 or #p.loops]
  if not loop then return mixing.compared(p) end
  local turn = math.max(1, math.floor(loop.count * p:int(35, 97) / 100))
  local list = not p.gentle and p:chance(26) and severe or p:chance(15) and loops.mild or mild
  p:line("if %s then %s end", loop.at(turn), drawn(p, list))
  -- It is taken back, or there is more.
  if p:chance(35) then p:line("if %s then %s end", loop.at(math.min(loop.count, turn + p:of { 1, 2, 5, 30, 100 })), p:chance(30) and "anew()" or drawn(p, mild)) end
end

local sometimes = weighted {
  function(p) return fmt("say('in', %s)", mixing.several(p, 2, 5)) end, 8,
  function(p) return drawn(p, loops.sometimes) end, 8,
  function(p) return fmt("once(%s)", mixing.any(p)) end, 2,
  function(p) return "break" end, 1,
  function(p) return fmt("return %s", mixing.vararg(p)) end, 2,
  function(p) return fmt("say(pcall(%s, %s))", p:of(p.operations), mixing.several(p, 2, 2)) end, 3,
  function(p) return fmt("say(pcall(coroutine.yield, %s))", p.threads and "say()" or "1") end, 1,
}

local function rarely(p)
  if #p.loops == 0 then return mixing.compared(p) end
  local what
  repeat what = p:of(sometimes)(p)
  until not (p.unbroken and what == "break") and not (p.unreturned and what:find "^return") and not (p.threads and (what:find "hook" or what:find "pcall%(coroutine")) and not (p.limit < 100 and (what:find "^say" or what:find "^dump" or what:find "^peek" or what:find "deep" or what:find "^collect"))
  p:line("if %s then %s end", loops.seldom(p), what)
end

mixing.event, mixing.rarely = event, rarely

-- == Drawing ==================================================================================

local statement, calling = writer.statement, writer.calling
local function inner(p) return mixing.iterated(p) end

local function theme(list)
  local rest = { rarely, 7, event, 9, inner, 8, statement.assign, 6, calling.capture, 3, calling.use, 6 }
  for _, item in ipairs(rest) do list[#list + 1] = item end
  return weighted(list)
end

loops.themes.operands = theme { mixing.arithmetic, 24, mixing.compared, 10, mixing.objects, 8, mixing.failing, 4, mixing.open, 3 }
loops.themes.compares = theme { mixing.compared, 40, mixing.arithmetic, 4, mixing.failing, 4, mixing.objects, 4, mixing.builtins, 3 }
loops.themes.methods = theme { mixing.objects, 36, mixing.arithmetic, 6, mixing.compared, 6, mixing.builtins, 4 }
loops.themes.builtins = theme { mixing.builtins, 40, mixing.open, 8, mixing.compared, 4, mixing.failing, 6 }
loops.themes.varargs = theme { mixing.open, 34, mixing.builtins, 8, mixing.arithmetic, 4, mixing.failing, 5 }
loops.themes.iterators = theme { mixing.over, 18, mixing.traversed, 14, mixing.iterated, 14, mixing.compared, 5, mixing.open, 4, mixing.builtins, 4 }
loops.themes.constructors = theme { mixing.made, 24, mixing.objects, 6, mixing.arithmetic, 6, mixing.compared, 6, mixing.over, 3 }
loops.themes.yields = theme { mixing.yielded, 18, mixing.over, 4, mixing.open, 8, mixing.arithmetic, 6, mixing.compared, 6, mixing.objects, 5 }
loops.themes.mixed = theme { mixing.arithmetic, 12, mixing.compared, 12, mixing.objects, 12, mixing.builtins, 12, mixing.open, 12, mixing.made, 6, mixing.failing, 5, mixing.over, 5, mixing.traversed, 5, mixing.yielded, 2 }
writer.mixed_themes = { "operands", "compares", "methods", "builtins", "varargs", "iterators", "iterators", "constructors", "constructors", "mixed", "mixed", "mixed", "all", "captures", "calls" }

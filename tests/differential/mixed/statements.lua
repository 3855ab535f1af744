-- Statements of mixed.lua: what machine code leaves to handlers or to metamethods, builtins and functions with varargs, again and again.

local writer = ...
local Program, weighted = writer.Program, writer.weighted
local fmt = string.format
local statement, loops = writer.statement, writer.loops

local function n(p) return p:own "n" end
local function counter(p) return p:name "i" or p:name "j" or p:name "n" end
-- Anything at all, with nothing to be shown of it.
local function any(p) return p:of { p:name "w", p:name "x", p:name "n", p:name "s", p:name "u", p:name "b", counter(p), p:constant(), p:number(2), "'t' .. " .. counter(p) .. " % 5" } end
local function several(p, least, most)
  local list = {}
  for k = 1, p:int(least, most) do list[k] = any(p) end
  return table.concat(list, ", ")
end

-- == Operators ================================================================================

local operators = { "+", "-", "*", "/", "%", "^", "..", "+", "-", "*", ".." }

local function operation(p)
  local a, b = p:name "w", p:of { p:name "w", p:name "w", p:name "u", p:name "n", p:constant(), "'3'" }
  if p:chance(20) then a, b = b, p:name "u" end
  return fmt("%s %s %s", a, p:of(operators), b)
end

local arithmetic = weighted {
  function(p) local v = n(p) return fmt("%s = mix(%s, %s)", v, v, operation(p)) end, 10,
  function(p) return fmt("%s = fit(%s)", p:name "w", operation(p)) end, 6,
  function(p) local v = n(p) return fmt("%s = mix(%s, -%s)", v, v, p:name(p:of { "w", "u" })) end, 3,
  function(p) local v = n(p) return fmt("%s = mix(%s, %s .. '-' .. %s .. %s)", v, v, p:name "w", counter(p), p:name(p:of { "w", "n", "s", "u" })) end, 4,
  function(p) local v = n(p) return fmt("%s = mix(%s, #%s)", v, v, p:name(p:of { "u", "y", "s", "a" })) end, 3,
  function(p) local v = n(p) return fmt("%s = %s %s %s", v, v, p:of { "+", "-", "*" }, p:of { "'10'", "'0x1F'", "' 2 '", fmt("('1' .. %s %% 7)", counter(p)), "-'2'", fmt("tostring(%s)", counter(p)) }) end, 4,
  function(p) local x = p:name "x" return fmt("%s = %s", x, operation(p)) end, 3,
  function(p) local v = n(p) return fmt("local k0 = %s %s = mix(%s, k0, %s)", operation(p), v, v, operation(p)) end, 3,
  function(p) local v = n(p) return fmt("%s = mix(%s, (%s) == %s)", v, v, operation(p), p:name(p:of { "w", "x", "u" })) end, 2,
}

local comparisons = { "<", "<=", ">", ">=", "==", "~=", "<", "<=" }
local function test(p)
  if p.left and p:chance(70) then
    local a, b = p.left, p.right
    if p:chance(25) then a, b = b, a end
    return fmt("%s %s %s", a, p:of(comparisons), b)
  end
  return p:of {
    fmt("%s %s %s", p:name(p:of { "w", "u", "x", "s" }), p:of { "==", "~=" }, p:name(p:of { "w", "u", "x", "s" })), fmt("%s %s %s", p:name "s", p:of(comparisons), p:of { p:name "s", "'m'", "'10'", fmt("'k' .. %s", counter(p)) }),
    fmt("%s %s %s", p:name "u", p:of(comparisons), p:name "u"), fmt("%s == %s", p:name "x", p:of { "nil", "'text'", "1", "true" }),
  }
end
local function compared(p)
  local v, k = n(p), p:int(1, 12)
  if k <= 4 then p:line("if %s then %s = %s + 1 else %s = mix(%s, 2) end", test(p), v, v, v, v)
  elseif k == 5 then p:line("%s = (%s)", p:name "b", test(p))
  elseif k == 6 then p:line("%s = mix(%s, %s, %s)", v, v, test(p), test(p))
  elseif k == 7 then p:line("%s = %s and %s or %s", v, test(p), p:number(1), v)
  elseif k == 8 then p:line("if not (%s) and %s then %s = %s end", test(p), test(p), p:name "x", any(p))
  elseif k == 9 then p:line("local k0 = 0 while %s do k0 = k0 + 1 if k0 > 2 then break end end %s = %s + k0", test(p), v, v)
  elseif k == 10 then p:line("local k0 = 0 repeat k0 = k0 + 1 until %s or k0 > 2 %s = %s + k0", test(p), v, v)
  else
    p:line("if %s then", test(p))
    p:block(p:int(1, 3))
    if p:chance(40) then p:line("else") p:block(p:int(1, 2)) end
    p:line("end")
  end
end

-- == Objects ==================================================================================

local function key(p) return p:of { "x", "y", "z", "n", "none", "k", "rep" } end
local function index(p) return p:of { counter(p) .. " % 5", counter(p), p:name "s", "1", "'x'", "'y'", p:name "w", p:name "n", fmt("KEYS[%s %% 6 + 1]", counter(p)), "true", "0.5" } end

local objects = weighted {
  function(p) local v = n(p) return fmt("%s = mix(%s, %s.%s)", v, v, p:name "u", key(p)) end, 6,
  function(p) local v = n(p) return fmt("%s = mix(%s, %s[%s])", v, v, p:name "u", index(p)) end, 6,
  function(p) return fmt("%s.%s = %s", p:name "u", p:of { "y", "z", "n", "q" }, any(p)) end, 4,
  function(p) return fmt("%s[%s] = %s", p:name "u", p:of { fmt("KEY(%s)", p:name "w"), counter(p) .. " % 5", "'y'", "1", "KEYS[" .. counter(p) .. " % 3 + 4]" }, p:of { any(p), "nil", p:number(1) }) end, 5,
  function(p) local v = n(p) return fmt("%s = mix(%s, %s(%s))", v, v, p:name "u", several(p, 0, 4)) end, 5,
  function(p) return fmt("%s(%s)", p:name "u", several(p, 0, 3)) end, 2,
  function(p) return fmt("%s = %s(%s)", p:name "u", p:of(p.classes).name, p:number(1)) end, 3,
  function(p) local u = p:name "u" return fmt("if type(%s) == 'table' then setmetatable(%s, %s) end", u, u, p:of(p.classes).name) end, 2,
  function(p) local v = n(p) return fmt("%s = mix(%s, rawget(%s(%s), 'x'), getmetatable(%s) == %s)", v, v, p:of(p.classes).name, p:number(1), p:name "u", p:of(p.classes).name) end, 2,
  function(p) local v, u = n(p), p:name "u" return fmt("%s, %s.y = mix(%s, %s.x, %s[%s]), %s", v, u, v, u, u, index(p), p:number(1)) end, 2,
  function(p) local v, o = n(p), p:name "o" return fmt("%s = mix(%s, %s.%s, %s[%s])", v, v, o, key(p), o, index(p)) end, 2,
  function(p) local y = p:name "y" return fmt("%s[%s] = %s", y, p:of { counter(p), counter(p) .. " % 9", "'k' .. " .. counter(p) .. " % 30", fmt("KEY(%s)", any(p)) }, any(p)) end, 3,
  function(p) local v, y = n(p), p:name "y" return fmt("%s = mix(%s, %s[%s], next(%s))", v, v, y, index(p), y) end, 3,
}

-- == Builtins =================================================================================

local builtins = weighted {
  function(p) return fmt("%s:sub(%s %% 5, %s)", p:name "s", counter(p), p:of { "-1", "-2", "3", counter(p) .. " % 3" }) end, 4,
  function(p) return fmt("%s:byte(%s)", p:name "s", p:of { "", "1", "-1", "1, 3", "1, -1", counter(p) .. " % 4" }) end, 4,
  function(p) return fmt("%s:find(%s)", p:name "s", p:of { "'a'", "'%d+'", "'.', " .. counter(p) .. " % 4", "'x', 1, true", "'(%a)(%d)'", "'()$'" }) end, 3,
  function(p) return fmt("(%s .. %s):%s", p:name "s", counter(p), p:of { "len()", "upper()", "rep(2)", "reverse()", "match('%d+')", "gsub('%d', '')", "sub(2)", "gsub('%d', function(c) return c + 1 end)" }) end, 4,
  function(p) return fmt("string.format(%s, %s)", p:of { "'%d'", "'%5.2f'", "'%s'", "'%g|'", "'%x'" }, p:of { counter(p), counter(p) .. " % 100" }) end, 2,
  function(p) return fmt("string.char(%s %% 26 + 65, 66)", counter(p)) end, 1,
  function(p) return fmt("#%s, #(%s .. %s)", p:name "s", p:name "s", counter(p)) end, 2,
  function(p) local k = p:of { counter(p), counter(p) .. " % 4", "1", "-1" } return fmt("(%s:sub(%s, %s))", p:name "s", k, k) end, 3,
  function(p) return fmt("(%s:byte(%s))", p:name "s", p:of { "", "1", "-1", counter(p) .. " % 4" }) end, 3,
  function(p) return fmt("(type(%s))", any(p)) end, 2,
  function(p) return fmt("(tonumber(%s))", any(p)) end, 1,
  function(p) return fmt("(setmetatable({x = %s}, %s).x)", any(p), p:of(p.classes).name) end, 1,
  function(p) return fmt("type(%s)", any(p)) end, 3,
  function(p) return fmt("type(%s) == %s", any(p), p:of { "'number'", "'string'", "'table'", "'nil'" }) end, 2,
  function(p) return fmt("tostring(%s)", p:of { p:name "n", counter(p), p:name "s", p:name "b", "nil", p:number(2) }) end, 3,
  function(p) return fmt("tonumber(%s)", p:of { p:name "s", p:name "x", "'0x1f'", "'12', 8", "'z', 36", p:name "n" }) end, 2,
  function(p) return fmt("rawget(%s, %s)", p:name(p:of { "y", "o", "a", "d" }), index(p)) end, 3,
  function(p) return fmt("rawequal(%s, %s)", any(p), any(p)) end, 2,
  function(p) return fmt("select(%s, %s)", p:of { "'#'", "1", "2", "-1", counter(p) .. " % 4 + 1" }, several(p, 1, 5)) end, 4,
  function(p) return fmt("select(%s, %s(%s))", p:of { "'#'", "1", "2" }, p:name "e", several(p, 0, 4)) end, 4,
  function(p) return fmt("unpack(%s, %s)", p:name(p:of { "d", "a" }), p:of { "1, 3", "1, " .. counter(p) .. " % 6", counter(p) .. " % 3, 4", "2, 1", "1, 20" }) end, 3,
  function(p) return fmt("unpack({%s})", several(p, 0, 4)) end, 2,
  function(p) return fmt("math.%s(%s)", p:of { "floor", "abs", "sqrt", "ceil", "modf", "frexp", "exp", "sin" }, p:number(2)) end, 3,
  function(p) return fmt("math.%s(%s, %s)", p:of { "max", "min", "fmod", "pow", "ldexp" }, p:number(2), p:of { "2", "3", "0.5", "7" }) end, 2,
  function(p) return fmt("math.%s(unpack(%s, 1, %s %% 6 + 1))", p:of { "max", "min" }, p:name "d", counter(p)) end, 1,
  function(p) return fmt("pcall(%s, %s)", p:of { "any", "error", "error", "type", "select", "rawget", "tonumber", p:name "e", "string.rep", "string.byte", "setmetatable", "next", "ipairs", "assert", "math.max" }, p:of { p:name "x", p:name "s", counter(p) .. " % 9", "nil", "'m', 2", "'m', " .. counter(p) .. " % 3" }) end, 5,
  function(p) return fmt("pcall(%s, %s, %s)", p:of(p.operations), any(p), any(p)) end, 6,
  function(p) return fmt("next(%s)", p:of { "{}", p:name "d", p:name "y", fmt("{%s}", any(p)) }) end, 2,
  function(p) return fmt("table.concat({%s, %s}, %s)", counter(p), p:name "s", p:of { "','", p:name "s" }) end, 1,
  function(p) return fmt("xpcall(function() return %s end, any)", p:inside(function() return any(p) end)) end, 1,
  function(p) return fmt("assert(%s, %s)", p:of { "1", counter(p), "'s'" }, any(p)) end, 1,
  function(p) return fmt("ipairs(%s)", p:name "d") end, 1,
  function(p) return "coroutine.running() == nil" end, 1,
}

-- == Functions with varargs, open results =====================================================

local function builtin(p) return p:of(builtins)(p) end
local function vararg(p) return fmt("%s(%s)", p:name "e", several(p, 0, 4)) end

local open = weighted {
  vararg, 8,
  function(p) return fmt("%s(%s)", p:name "e", vararg(p)) end, 5,
  function(p) return fmt("%s(%s, %s)", p:name "e", any(p), vararg(p)) end, 4,
  function(p) return fmt("%s((%s and %s or %s)(%s))", p:of { p:name "e", "TWO", "any" }, p.loops[1] and loops.seldom(p) or counter(p) .. " % 7 == 3", p:of { "NONE", "TWO", "ONE", p:name "e" }, p:of { "ONE", "TWO" }, several(p, 0, 3)) end, 5,
  function(p) return fmt("%s(%s)", p:name "e", builtin(p)) end, 4,
  function(p) return fmt("unpack({%s, %s})", any(p), vararg(p)) end, 2,
  function(p) return fmt("pass(%s, %s)", p:name "e", vararg(p)) end, 2,
  function(p) return fmt("(%s)", vararg(p)) end, 2,
  function(p) return fmt("#{%s}, {%s}", vararg(p), builtin(p)) end, 2,
  function(p) return fmt("(function(...) return %s(...) end)(%s)", p:name "e", several(p, 0, 3)) end, 2,
  function(p) return fmt("(function(...) local a, b = ... return b, a, ... end)(%s)", vararg(p)) end, 2,
  function(p) return fmt("select(2, pcall(%s, %s))", p:name "e", vararg(p)) end, 2,
  function(p) return p.vararg and fmt("%s(...)", p:name "e") or vararg(p) end, 3,
  function(p) return p.vararg and p:of { "...", "select('#', ...)", "(...)", "unpack({...})", "select(2, 0, ...)" } or builtin(p) end, 3,
}

-- What is called, and what is done with its results.
local function results(p, list)
  local text, v, k = p:of(list)(p), n(p), p:int(1, 11)
  if k <= 5 then p:line("%s = mix(%s, %s)", v, v, text)
  elseif k == 6 then p:line("local k0, k1 = %s %s = mix(%s, k1, k0)", text, v, v)
  elseif k == 7 then p:line("%s = %s", p:name "x", text)
  elseif k == 8 then p:line("local t = {%s} %s = mix(%s, #t, t[1], t[2])", text, v, v)
  elseif k == 9 then p:line("%s, %s = %s", p:name "x", p:name "b", text)
  elseif k == 10 then p:line("if any(%s) then %s = mix(%s, 1) end", text, v, v)
  else p:line("local t = {%s, x = %s, %s} %s = mix(%s, #t, t.x, unpack(t, 1, 3))", any(p), any(p), text, v, v) end
end

-- Ones that fail, in every turn or nearly; the message is shown when it is new.
local function failing(p)
  local v = n(p)
  p:line("local ok, m = %s %s = mix(%s, ok, m) if not ok then once(m) end", p:of {
    fmt("pcall(%s, %s, %s)", p:of(p.operations), any(p), any(p)), fmt("pcall(%s, %s, %s)", p:of(p.operations), p:name "w", p:name "x"), fmt("pcall(%s, %s, %s)", p:of(p.operations), p:name "u", p:name "w"),
    fmt("pcall(fails, %s, %s)", p:of { "1", "2", "3", "4" }, p:name "x"), fmt("pcall(error, 'e' .. %s %% 3, %d)", counter(p), p:int(0, 2)), fmt("xpcall(function() return %s end, any)", p:inside(function() return fmt("%s %s %s", any(p), p:of { "<", "+", "..", "<=" }, any(p)) end)),
    fmt("pcall(function() if %s %% 4 == 1 then error(%s, %d) end return %s end)", counter(p), p:of { "'late'", "{}", "nil", counter(p) }, p:int(0, 2), p:inside(function() return any(p) end)),
    fmt("pcall(function(...) local a, b = ... return %s end, %s)", p:of { "a < b", "a + b", "a .. b", "a[b]", "a(b)", "#a", "-a", "a.x.y", "a:x()", "a == b" }, several(p, 1, 3)),
  }, v, v)
end

-- == Iteration ================================================================================

local function iterated(p)
  local room = math.floor(p.limit / p.turns)
  local count = math.min(p:of { 2, 3, 5, 8, 20, 50 }, room)
  if count < 2 or #p.loops >= 3 then return compared(p) end
  p:loop(count, p:int(1, 4))
end

local function over(p)
  if p.turns * 60 > p.limit * 4 then return iterated(p) end
  writer.over(p)
end

-- Fields of the table at hand are changed or removed.
local function traversed(p)
  local loop = p.loops[#p.loops]
  if not loop or not loop.over then return over(p) end
  local t, k = loop.over, loop.key
  p:line("%s[%s] = %s", t, k, p:of { "nil", "nil", any(p), p:number(1), p:name "x", fmt("%s[%s]", t, k) })
end

-- == Yields ===================================================================================

local function yielded(p)
  if not p.yields then return results(p, open) end
  local v = n(p)
  local what = p:of { fmt("coroutine.yield(%s)", several(p, 0, 3)), fmt("YIELD(%s)", several(p, 1, 2)), fmt("coroutine.yield(%s)", vararg(p)), fmt("RELAY(%s)", counter(p)) }
  p:line("if %s then %s end", p:chance(25) and fmt("%s %% 7 == 3", counter(p)) or loops.seldom(p), p:of { what, fmt("%s = mix(%s, %s)", v, v, what), fmt("local k0, k1 = %s %s = mix(%s, k1)", what, v, v), fmt("%s = {%s}", p:name "x", what) })
end

local function from(list) return function(p) p:line("%s", p:of(list)(p)) end end

writer.mixing = {
  arithmetic = from(arithmetic), compared = compared, objects = from(objects), failing = failing, iterated = iterated, over = over, traversed = traversed, yielded = yielded,
  builtins = function(p) results(p, builtins) end, open = function(p) results(p, open) end, any = any, several = several, vararg = vararg, builtin = builtin,
}

-- What happens late in the programs of nests.lua, at the bottom of the nest, on the way there, or in the loop itself.

local writer = ...
local weighted = writer.weighted

local values = { "7", "'8'", "0.5", "'text'", "OBJ", "nil", "NAN", "{}", "2^53", "true", "say", "-1" }
local names = { "a", "b", "x", "y", "n", "r", "o", "k", "v", "ok", "A", "s", "i", "turn", "m" }

local function layer(p) return "L" .. p:int(0, p.depth_of_nest) end
-- One that may become L0, which none calls in turn.
local function exchanged(p) return p.depth_of_nest > 0 and p:chance(60) and "L" .. p:int(1, p.depth_of_nest) or layer(p) end
local function value(p) return p:of(values) end

local errors = {
  "error('e' .. tostring(a), $<0,5>)", "error('text')", "error({})", "error()", "error(nil, 2)", "error(turn)", "error(OBJ)", "local z = a.x.y.z", "local z = a + {}", "local z = nil .. turn", "undefined(a)", "OBJ.none.x = 1", "local z = #turn", "local z = {} < turn",
  "local z = turn < 'x'", "a()", "OBJ:none()", "('x'):none(1)", "local t = {} t[nil] = 1", "local t = {} t[NAN] = 1", "setmetatable(1, {})", "string.rep()", "('x'):rep({})", "for i = 1, 'x' do end", "for i = a, {} do end", "math.floor({})", "assert(false, 'asserted')", "assert(nil)", "local z = -{}",
  "local z = A.x.y", "local z = (a or b).q.w", "for k in nil do end", "for k in pairs(nil) do end", "select(0)", "error(debug.traceback('m', 1), 0)", "tostring()", "setfenv(0, 1)", "getmetatable()", "rawset(1, 2, 3)", "next({}, 'none')", "table.concat({{}})", "string.format('%d', 'x')", "loadstring('x =', '=c')()",
}

local list = weighted {
  function(p) return p:of(errors) end, 26,
  function(p) return "stack($<1,9>)" end, 8,
  function(p) return "print(debug.traceback('at', $<0,4>))" end, 6,
  function(p) return "peek()" end, 3,
  function(p) return ("poke_at($<1,7>, '%s', %s)"):format(p:of(names), value(p)) end, 10,
  function(p) return ("poke('%s', %s)"):format(p:of(names), value(p)) end, 6,
  function(p) return ("%s = %s"):format(exchanged(p), p:of { "L0", "any", "type", "function(...) return ... end", "function() end", "function(a, b) return b, a end", "nil", "error", "pcall", "setmetatable({}, {__call = function(self, a, b) return b, a, 3 end})", "copied(L0)", "select", "tostring", "math.abs", "function(...) return mixed(...) end", "next", "rawequal" }) end, 12,
  function(p) return ("%s = %s"):format(p:of { "A", "B", "A", "B", "n" }, value(p)) end, 6,
  function(p) return ("debug.setupvalue(%s, $<1,4>, %s)"):format(layer(p), p:of { value(p), "any" }) end, 5,
  function(p) return ("say(debug.getupvalue(%s, $<1,5>))"):format(layer(p)) end, 2,
  function(p) return "local i = debug.getinfo($<1,7>, 'nSlfu') if i then say(i.name, i.namewhat, i.what, i.currentline, i.linedefined, i.nups, i.func == L0, i.func == L1, i.func == L2) end" end, 6,
  function(p) return "environs($<1,6>)" end, 4,
  function(p) return ("setfenv(%s, setmetatable({%s = any}, {__index = getfenv(1)}))"):format(layer(p), p:of { "mix", "pcall", "setmetatable", "pairs", "type", "GA" }) end, 4,
  function(p) return "say(getfenv($<0,4>) == getfenv(1), pcall(getfenv, $<0,30>) and 1)" end, 2,
  function(p) return p:of { "collect()", "collect('step')", "collect('stop') collectgarbage('restart')", "collectgarbage('setpause', 150)" } end, 3,
  function(p) return ("MT.__%s = %s"):format(p:of { "add", "lt", "index", "newindex", "call", "concat", "eq", "le", "unm", "mode" }, p:of { "nil", "nil", "any", "function(a, b) return b end", "MT", "rawequal", "mixed", "5", "'v'", "OBJ" }) end, 7,
  function(p) return ("setmetatable(OBJ, %s)"):format(p:of { "nil", "MT", "{}", "{__index = string}", "{__call = any}", "{__index = function(t, k) return mixed(k) end}", "setmetatable({}, MT)" }) end, 4,
  function(p) return ("debug.setmetatable(%s, %s)"):format(p:of { "0", "nil", "print", "true" }, p:of { "MT", "nil", "{__index = MT, __call = function(...) return select('#', ...) end}", "{__add = function(a, b) return 4 end, __index = function(t, k) return k end}", "{__index = function(v, k) return string[k] end, __lt = rawequal}" }) .. p:of { "", "", " debug.setmetatable('', {__index = string, __lt = rawequal, __call = any, __unm = any})" } .. " debug.setmetatable(true, nil)" end, 5,
  function(p) return ("swap(_G, '%s', %s)"):format(p:of { "mix", "pcall", "type", "pairs", "next", "select", "setmetatable", "unpack", "tostring", "ipairs", "error" }, p:of { "any", "function(...) return ... end", "pcall", "type", "function(f, ...) return f, ... end", "count" }) end, 5,
  function(p) return ("swap(%s)"):format(p:of { "string, 'sub', string.rep", "string, 'byte', any", "string, 'len', count", "math, 'floor', math.ceil", "math, 'max', count", "table, 'insert', rawset", "string, 'rep', string.sub", "table, 'sort', count", "coroutine, 'wrap', any" }) end, 3,
  function(p) return "unswap()" end, 3,
  function(p) return "n = mix(n, deep($<100,4000>))" end, 2,
  function(p) return "say(overflown(function() local function g(k) return 1 + g(k) end return g(1) end))" end, 1,
  function(p) return ("say(pcall(%s%s))"):format(layer(p), p:of { ", 1, 2", "", ", nil, nil", ", 'a', OBJ", ", 0/0, {}" }) end, 4,
  function(p) return p.threads and "say(coroutine.running() == nil)" or p:of { "hooked('$(|l|c|r|cr|crl)', $(0|1|7|100))", "hooked('l', 0)", "unhooked()", ("hooked_poke('%s', %s, '$(l|r|c)', $<1,9>, $<1,9>)"):format(p:of(names), value(p)) } end, 10,
}

-- The same by functions of nests/foreign.c.
local foreign = { "C.collect()", "print(C.look())", "C.poke($<1,6>, '$(a|b|x|y|n|r|o|k|v|ok)', $(7|'8'|OBJ|nil|0.5|{}))", "C.upvalue(L0, $<1,5>, $(5|any|nil))", "C.error($(a|OBJ|'thrown'))", "C.text(turn)", "C.check('x')", "say(C.wide(3000))", "say(C.pcall(L0, 1, 2))", "C.hook(4, 0)", "C.hook(0, $(1|7|100))", "C.hook(3, 0)", "say(C.hook())", "MT.__index = $(C.ref|C.wide|C.look)", "MT.__add, MT.__call, MT.__lt = $(C.compare, C.one, C.compare|C.concat, C.counter(1, 2), nil)", "L0 = $(C.call|C.concat|C.counter(5, 6)|C.look)", "debug.setmetatable(0, {__index = C.wide, __call = C.concat})", "swap(_G, '$(mix|pcall|type|any)', $(C.pcall|C.counter(1, 'x')|C.ref))" }

function writer.event(p)
  if p.foreign and p:chance(25) then
    local text
    repeat text = writer.choose(p, p:of(foreign)) until not (p.threads and text:find "hook")
    return text
  end
  return writer.choose(p, p:of(list)(p))
end

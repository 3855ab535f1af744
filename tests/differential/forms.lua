-- Writes random programs that call the libraries' functions in all forms of calls, from hot loops: with what fits until the loop has long been hot,
-- then with edge values of every type, and with what fits again. Run by the reference only.
--
--   lua5.1 forms.lua SEED COUNT FILE              COUNT chunks into FILE, as generate.lua does
--   lua5.1 forms.lua SEED COUNT FOLDER standalone COUNT scripts FOLDER/NAME.lua
--   lua5.1 forms.lua NAME                         one program to standard output: fSEED-NUMBER, as the comparison names it

local here = arg and arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/common.lua")
local writer = dofile(here .. "/writer.lua")
for _, part in ipairs { "loops/expressions", "loops/top" } do assert(loadfile(here .. "/" .. part .. ".lua"))(writer) end
local fmt = string.format

-- == What is called ===========================================================================

-- What fits: lists of expressions, drawn from by the turn `r`.
local fitting = {
  s = { "'hello'", "'10'", "'a1b2c3'", "LONG", "'x'", "('k' .. r % 9)", "''" },
  i = { "r % 5 + 1", "r % 3", "1", "2", "-1", "-(r % 4)", "r % 7" },
  n = { "r", "r * 0.5", "-r", "r % 10 - 5", "2.5", "0.1", "1e3" },
  t = { "T", "{r, 2, 3}", "{}", "{x = r}", "{1, 2, nil, 4}", "P" },
  p = { "'l'", "'%d'", "'(%a)(%d)'", "'^h'", "'.'", "'[a-c]+'", "'()'", "'%w-$'" },
  f = { "any", "function(v) return v end", "type", "function(...) return ... end" },
  x = { "r", "'x'", "nil", "true", "T", "r % 2 == 0", "false", "any" },
  k = { "1", "'x'", "r % 4", "'y'", "2" },
  m = { "MT", "{}", "nil", "{__index = T}" },
  b = { "10", "16", "2", "36", "8" },
  w = { "'%d'", "'%s'", "'%5.2f'", "'%x'", "'%g'", "'%q'", "'%5s|'", "'%c'" },
  c = { "CO", "coroutine.create(any)", "DEAD" },
}

-- Library, name, the kinds of arguments: those behind a space may be missing.
local functions = {
  "string byte s ii", "string sub s ii", "string sub s i", "string len s", "string upper s", "string lower s", "string rep si", "string reverse s", "string char i iii", "string find sp ix", "string match sp i", "string gsub spf i", "string format w n", "string format w s", "string gsub sps i",
  "math floor n", "math ceil n", "math abs n", "math sqrt n", "math sin n", "math cos n", "math exp n", "math log n", "math log10 n", "math max n nnn", "math min n nn", "math fmod nn", "math pow nn", "math atan2 nn", "math modf n", "math frexp n", "math ldexp ni", "math deg n", "math rad n", "math mod nn",
  "_G type x", "_G tostring x", "_G tonumber x", "_G tonumber s b", "_G tonumber sb", "_G select ix xx", "_G select i xx", "_G unpack t ii", "_G rawget tk", "_G rawequal xx", "_G next t k", "_G setmetatable tm", "_G getmetatable x", "_G assert x xx", "_G pcall f xx", "_G xpcall ff", "_G rawset tkx", "_G ipairs t", "_G pairs t",
  "table concat t sii", "table maxn t", "table getn t", "table insert tx", "table insert tix", "table remove t i", "table foreachi tf", "table foreach tf", "coroutine status c", "coroutine resume c xx", "coroutine running ", "_G getfenv i", "string dump f", "_G select ix xxxx", "table sort t", "_G error x i",
}

-- These take as long as their numbers are large.
local slow = { rep = true, insert = true, remove = true, concat = true, unpack = true, format = true }

local edges = {
  "nil", "true", "false", "0", "NZ", "-1", "1", "2", "3", "0.5", "2.5", "-2.5", "1e15", "2^31", "2^31 - 1", "-2^31", "2^32 + 1", "2^53", "-2^53", "1e300", "INF", "-INF", "NAN", "''", "'a'", "'10'", "' 3 '", "'0x10'", "'1e1'", "'abc\\0d'", "LONG", "'%d'", "'%'", "'['", "T", "{}", "OBJ", "P", "any", "type", "CO", "DEAD", "U", "'#'", "'n'", "-0.5", "5e-324", "100", "255", "256", "U2",
}

-- == How ======================================================================================

-- $F the function, $A the arguments, $C how many, $M the call as one of a string's method.
local forms = {
  "local x, y = $F($A) return x, y", "return $F($A)", "return $F($A)", "return ($F($A))", "$F($A) return 1", "local x = $F($A) return x", "local t = {$F($A)} return #t, t[1], t[2]", "return any($F($A))", "return $F($A), $F($A)", "if $F($A) then return 1 end return 2", "if not $F($A) then return a end return b", "local x = $F($A) == $F($A) return x", "return $F(unpack({$A}, 1, $C))", "local x, y, z = $F($A) return z, y, x",
  "local x = a and $F($A) or b return x", "return $F($A), a, b", "return {$F($A)}, 1", "local x = {k = $F($A)} return x.k", "return select('#', $F($A))", "return (select(2, 0, $F($A)))", "return pcall($F, $A)", "local ok, x = pcall($F, $A) return x, ok", "a = $F($A) return a, b", "local function g(a, b, c, d) return $F($A) end return g(a, b, c, d)", "return tostring($F($A))", "local x = $F($A) if type(x) == 'number' then x = x + 1 end return x", "while $F($A) do return 1 end return 2",
  "local x repeat x = $F($A) until true return x", "return $F(any($A))", "return $M", "local x, y = $M return x, y", "return ($M)", "GX = $F($A) return GX", "T.r = $F($A) return T.r", "UP = $F($A) return UP, a",
}
-- With arguments as varargs.
local open_forms = { "return $F(...)", "local x, y = $F(...) return x, y", "return $F(...), select('#', ...)", "return (select(1, $F(...)))", "return pcall($F, ...)", "local t = {$F(...)} return #t, t[1]", "return $F(any(...))" }
local letters = { "a", "b", "c", "d", "e", "f", "g" }

local function drawn(p, list) return p:of(list) end

-- A function that calls one of the libraries', and the loop that calls it.
local function form(p, k)
  local library, name, needed, optional = p:of(functions):match "^(%S+) (%S+) ?(%S*) ?(%S*)$"
  local kinds = needed .. optional:sub(1, p:int(0, #optional))
  local own = p:int(1, 3)
  local f = own == 1 and (library == "_G" and name or library .. "." .. name) or "B" .. k
  if own > 1 then p:line("local B%d = %s.%s", k, library, name) end
  local names = {}
  for i = 1, #kinds do names[i] = p:chance(12) and drawn(p, fitting[kinds:sub(i, i)]):gsub("%f[%w_]r%f[^%w_]", "UP") or letters[i] end
  local is_open = p:chance(25)
  local text = p:of(is_open and open_forms or forms)
  if text:find("$M", 1, true) and not (library == "string" and #kinds > 0) then text = "return $F($A)" end
  text = text:gsub("%$M", function() return fmt("(%s):%s(%s)", names[1], name, table.concat(names, ", ", 2)) end)
  text = text:gsub("%$F", function() return f end):gsub("pcall%((%S+), %$A%)", #names == 0 and "pcall(%1)" or "%0"):gsub("%$A", function() return table.concat(names, ", ") end):gsub("%$C", #names)
  local parameters = is_open and "..." or table.concat(letters, ", ", 1, math.max(#kinds, 2))
  p:line("local function f%d(%s) %s end", k, parameters, text)
  -- Which argument is an edge value late, and where.
  local list, odd = {}, {}
  for i = 1, #kinds do
    list[i] = drawn(p, fitting[kinds:sub(i, i)])
    odd[i] = p:chance(60) and fmt(slow[name] and "fits(EDGES[r * %d %% %d + 1])" or "EDGES[r * %d %% %d + 1]", p:of { 1, 3, 5, 7, 11 }, #edges) or list[i]
  end
  if p:chance(10) and #odd > 0 then odd[#odd] = nil end
  if p:chance(10) then odd[#odd + 1] = "r" end
  list, odd = table.concat(list, ", "), table.concat(odd, ", ")
  local times = p:of { 20, 300, 1400, 2300 }
  p:line("say('%s', pcall(function()", name)
  p:line("  for r = 1, %d do", times)
  p:line("    UP = r")
  p:line("    if r %% %d < %d then local ok, x, y = pcall(f%d%s) n = mix(n, ok, x, y) if not ok then once(x) end", p:of { 8, 700, 1200 }, p:of { 4, 60 }, k, odd == "" and "" or ", " .. odd)
  p:line("    else n = mix(n, f%d(%s)) end", k, list)
  p:line("    %s", p:of { "", "", "T[r % 6 + 1] = r % 4 ~= 0 and r or nil", "T.y = r % 3 == 0 and r or nil", "if r % 100 == 0 then P = {r, r + 1} end" })
  p:line("    if #T > 50 or r %% 200 == 0 then T = {1, 2, 3, x = r} end")
  p:line("  end")
  p:line("end)) say(n)")
end

local function program(seed)
  local p = writer.program(common.random(seed), here .. "/mixed/prelude.lua", here .. "/loops/prelude.lua", here .. "/recursion/prelude.lua")
  p:line("NZ, INF, NAN = -tonumber('0'), 1 / tonumber('0'), nil NAN = INF - INF")
  p:line("local n, UP, T, P, LONG, CO, DEAD = 0, 1, {1, 2, 3, x = 4}, {5, 6}, ('long text '):rep(20), coroutine.create(function() while true do coroutine.yield(1, 2) end end), coroutine.create(any) coroutine.resume(DEAD)")
  p:line("local MT = {__index = function(t, k) return k end, __tostring = function() return 'object' end, __call = function(self, ...) return ... end, __metatable = %s, __len = any}", p:of { "nil", "'locked'" })
  p:line("local OBJ, U, U2 = setmetatable({}, MT), newproxy(), newproxy(true) local function tostring(v) local s = _G.tostring(v) return type(s) == 'string' and s:gsub(': 0x%%x+', '') or s end")
  p:line("local EDGES = {%s}", table.concat(edges, ", "))
  p:line("EDGES[1] = nil local function fits(v) if type(v) == 'number' and (v > 1000 or v < -1000) then return 7 end return v end")
  for k = 1, p:int(2, 5) do form(p, k) end
  p:line("unswap() say(n)")
  return table.concat(p.lines, "\n") .. "\n"
end

writer.run("f", program, function() return false end)

-- Writes random programs whose work is in loops, long enough that a compiler of hot loops takes them. Run by the reference only.
--
--   lua5.1 loops.lua SEED COUNT FILE              COUNT chunks into FILE, as generate.lua does
--   lua5.1 loops.lua SEED COUNT FOLDER standalone COUNT scripts FOLDER/NAME.lua
--   lua5.1 loops.lua NAME                         one program to standard output: lSEED-NUMBER, as the comparison names it
--
-- Programs of generate.lua are wild; here nearly all fits, so that loops get hot, and what does not fit happens late: a
-- variable becomes a string, a function is replaced, a hook comes. Every loop is bounded. What is shown has no address and
-- is in no order of `pairs`, and the programs need nothing but the libraries: each runs by itself as well.

local here = arg and arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/common.lua")
local writer = dofile(here .. "/writer.lua")
local Program = writer.Program
assert(loadfile(here .. "/loops/expressions.lua"))(writer)
assert(loadfile(here .. "/loops/functions.lua"))(writer)
assert(loadfile(here .. "/loops/statements.lua"))(writer)
local fmt = string.format

-- == The top: variables, and functions without long loops =====================================

function Program:fill() return fmt("fill(function(k) return %s end)", self:of { "k", "k * 2", "k - 5", "k / 4", "100 - k", "k % 3", "k * k", "-k * 0.5" }) end

local initial = {
  n = function(p) return p:constant() end,
  d = function(p) return p:fill() end,
  a = function(p) return p:of { "{}", "{1, 2, 3}", "{1, nil, 3, nil, 5}", "{5, 'text', true, 4, k = 1}", "{10, 20, 30, 40, [0] = 0, [-1] = 1, [1.5] = 2}", "{[1] = 1, [2] = 2, [4] = 4}" } end,
  m = function(p) return p:of { "rows(function(k) return rows(function(i) return i * k end) end)", "rows(function(k) return rows(function(i) return i - k / 2 end) end)" } end,
  o = function(p) return p:object() end,
  v = function(p) return fmt("V(%s)", p:constant()) end,
  s = function(p) return p:of { "''", "'a'", "'10'", "'text'" } end,
  b = function(p) return p:of { "true", "false" } end,
  x = function(p) return p:of { "nil", "1", "0.5", "'10'", "false", "2" } end,
}

-- Declared here, set by `reset`.
local function variables(p, plan)
  local names = {}
  for kind in plan:gmatch "." do
    local name = p:fresh(kind)
    names[#names + 1] = name
    p:declare(name)
  end
  p:line("local %s", table.concat(names, ", "))
  return names
end

local function leaf(p)
  local f = p:fresh "f"
  local outer = p.scope
  p:open()
  local params, k = {}, p:int(1, 18)
  p.depth = 2
  for i = 1, p:int(1, 3) do params[i] = p:fresh "n" p:declare(params[i]) end
  local as = p:chance(30) and "function" or "local function"
  local head = fmt("%s %s(%s)", as, f, table.concat(params, ", "))
  local n = params[1]
  if k <= 4 then p.lines[#p.lines + 1] = fmt("%s return %s end", head, p:number(1))
  elseif k == 5 then p.lines[#p.lines + 1] = fmt("%s if %s then return %s end return %s end", head, p:condition(1), p:number(1), p:number(1))
  elseif k == 6 then
    local up = p:name "n"
    p.lines[#p.lines + 1] = fmt("%s %s = %s + 1 return %s end", head, up, up, p:number(1))
  elseif k == 7 then
    params[2] = params[2] or "n0"
    p.recursive[f] = true
    p.lines[#p.lines + 1] = fmt("%s %s(%s, %s) if not (%s > 0 and %s < 9) then return %s or 1 end return %s(%s - 1, %s)%s end", as, f, n, params[2], n, n, params[2], f, n, p:number(1), p:of { "", " + 1" })
    params[3] = nil
  elseif k == 8 then p.lines[#p.lines + 1] = fmt("%s %s(...) local %s, n0 = ... return %s + select('#', ...) + (n0 or 0), %s end", as, f, n, n, n)
  elseif k == 9 then p.lines[#p.lines + 1] = fmt("%s return %s, %s, 3 end", head, p:number(1), n)
  elseif k == 10 then p.lines[#p.lines + 1] = fmt("%s for i0 = 1, %d do %s = %s %s i0 end return %s end", head, p:int(2, 4), n, n, p:of { "+", "*", "-" }, n)
  elseif k == 11 then p.lines[#p.lines + 1] = fmt("%s %s = %s %s = %s.x return %s end", head, n, p:number(1), p:name "o" .. ".y", p:name "o", n)
  elseif k > 12 then p.lines[#p.lines + 1] = fmt("%s %s end", head, p:tailing(params))
  else p.lines[#p.lines + 1] = fmt("%s local n0 = %s return n0 %s %s end", head, p:number(1), p:of { "+", "%", "*" }, n) end
  p:close()
  p.arity[f] = #params
  p:declare(f)
  p:line("F.%s = %s", f, f)
  return f
end

local function top(p)
  p.N, p.R = p:of { 8, 16, 32, 64, 100, 64, 32, 200 }, p:int(2, 6)
  p:line("NZ, INF, NAN = -tonumber('0'), 1 / tonumber('0'), nil NAN = INF - INF")
  if p:chance(60) then p:line("do local copy = {} for k, v in pairs(math) do copy[k] = v end math = copy end") end
  p:line("local MATH, F = {}, {} for k, v in pairs(math) do MATH[k] = v end")
  p:line("local floor, max, abs, sqrt")
  p:line("local function fill(f) local t = {} for k = 1, %d do t[k] = f(k) end return t end", p.N)
  p:line("local function rows(f) local t = {} for k = 1, %d do t[k] = f(k) end return t end", p.R)
  p:line("local CLASS = {__index = {add = function(self, n) self.n = self.n + n return self.x end, get = function(self, n) return self.x + n end, set = function(self, n) self.x, self.y = n, self.x end, moved = function(self, n) return setmetatable({x = n, y = self.x, n = 0}, getmetatable(self)) end}}")
  if p:chance(50) then p:line("local function O(x, y) return setmetatable({x = x, y = y, n = 0}, CLASS) end")
  else p:line("local function O(x, y) return {x = x, y = y, n = 0, add = CLASS.__index.add, get = CLASS.__index.get, set = CLASS.__index.set, moved = CLASS.__index.moved} end") end
  p:line("local function X(a) return type(a) == 'table' and rawget(a, 'x') or tonumber(a) or 0 end")
  p:line("V = {__add = function(a, b) return V(X(a) + X(b)) end, __sub = function(a, b) return V(X(a) - X(b)) end, __mul = function(a, b) return V(X(a) * X(b) %% 1000) end,"
    .. " __unm = function(a) return V(-X(a)) end, __lt = function(a, b) return X(a) < X(b) end, __le = function(a, b) return X(a) <= X(b) end, __eq = function(a, b) return X(a) == X(b) end,"
    .. " __index = function(t, k) return #k end, __newindex = function(t, k, v) rawset(t, k, v) NEW = (NEW or 0) + 1 end}")
  p:line("setmetatable(V, {__call = function(class, x) return setmetatable({x = x}, V) end})")
  p:line("local ADD = V.__add")
  local names = variables(p, "nnnnddaamoovsbxx" .. p:of { "", "nnnnn", "nndao" })
  for _, text in ipairs(writer.functions) do p:line("%s", text) end
  p:line("local CALLED = setmetatable({}, {__call = function(self, n0) return %s end})", p:of { "n0", "n0 + 1", "apply(abs, n0)", p:name "n" .. " - n0" })
  local leaves = {}
  for k = 1, p:int(2, 6) do leaves[k] = leaf(p) end
  p:line("local function reset()")
  for _, name in ipairs(names) do p:line("  %s = %s", name, initial[name:sub(1, 1)](p)) end
  for _, name in ipairs(leaves) do p:line("  %s = F.%s", name, name) end
  p:line("  for k, v in pairs(MATH) do math[k] = v end floor, max, abs, sqrt = math.floor, math.max, math.abs, math.sqrt")
  p:line("  GA, GB, GC, GX, NEW, KEEP, V.__add = %s, %s, %s, %s, nil, {}, ADD", p:constant(), p:constant(), p:constant(), initial.x(p))
  p:line("  debug.setmetatable(0, nil)")
  p:line("end")
  p:line("reset()")
  p:line("local function whole()")
  p:line("  say(%s)", table.concat(names, ", "))
  for _, name in ipairs(names) do
    if name:find "^[daomv]" then p:line("  dump('%s', %s)", name, name) end
  end
  p:line("  say(GA, GB, GC, GX, NEW) dump('KEEP', KEEP)")
  p:line("end")
end

-- == Functions with loops =====================================================================

local sizes = { 60, 100, 150, 200, 250, 300, 350, 400, 500, 600, 700, 1000, 1500, 3000 }

local function hot(p, k)
  local h = { name = "h" .. k }
  h.small = p:chance(k == 1 and 40 or 15)
  h.yields = p:chance(18) and not h.small
  p.gentle = h.small or p:chance(35)
  p.yields, p.loops, p.turns, p.hottest, p.size = h.yields, {}, 1, 0, 0
  p.limit = h.small and p:of { 8, 20, 40 } or p:of { 1000, 2000, 3000 }
  p.theme = p:of(writer.themes)
  p.depth = p:of { 1, 2, 2, 3 }
  p.vararg = p:chance(12)
  local a, b, x = p:fresh "n", p:fresh "n", p:fresh "x"
  p:line("%s %s(%s, %s, %s%s)", p:chance(50) and "local function" or "function", h.name, a, b, x, p.vararg and ", ..." or "")
  p:open()
  p.scope.whole = true
  p:declare(a) p:declare(b) p:declare(x)
  p:line("%s, %s = %s or 1, %s or 2", a, b, a, b)
  local own = { a, b, x }
  for _ = 1, p:of { 2, 4, 8, 12, 25, 38 } do
    local kind = p:of { "n", "n", "n", "n", "n", "s", "b", "x", "o", "d", "v" }
    if h.small and (kind == "d" or kind == "o" or kind == "v") then kind = "n" end
    local name = p:fresh(kind)
    p:line("local %s = %s", name, p:chance(30) and p:name(kind) or initial[kind](p))
    p:declare(name)
    own[#own + 1] = name
  end
  if p:chance(25) then p:line("local floor, abs, max = math.floor, math.abs, math.%s", p:of { "max", "min" }) end
  if p:chance(55) then for _ = 1, p:int(1, 3) do writer.calling.capture(p) end end
  for _ = 1, p:int(1, h.small and 1 or 3) do
    local count = h.small and math.min(p.limit, p:int(3, 30)) or p:of(sizes)
    p:loop(count, p:int(2, 14))
    if p:chance(h.small and 2 or 40) then p:line("say('between', %s)", p:several("n", 4)) end
  end
  if not h.small then
    p:line("say('%s ends', %s)", h.name, table.concat(own, ", "))
    for _, name in ipairs(own) do
      if name:find "^[dov]" then p:line("dump('%s', %s)", name, name) end
    end
  end
  p:line("return %s, %s", p:name "n", p:name "n")
  p:close()
  p:line("end")
  h.turns = p.hottest
  if h.small then p.smalls[#p.smalls + 1] = h end
  return h
end

-- Loops of the main chunk itself, which no error may end but seldom.
local function direct(p)
  p.gentle, p.unreturned = p:chance(85), true
  p.yields, p.loops, p.turns, p.hottest, p.size, p.vararg = false, {}, 1, 0, 0, false
  p.limit, p.theme, p.depth = 2000, p:of(writer.themes), p:of { 1, 2, 2, 3 }
  p:line("do")
  p:open()
  for _ = 1, p:of { 0, 2, 5 } do
    local kind = p:of { "n", "n", "n", "s", "b", "x", "o" }
    local name = p:fresh(kind)
    p:line("local %s = %s", name, initial[kind](p))
    p:declare(name)
  end
  if p:chance(60) then for _ = 1, p:int(1, 3) do writer.calling.capture(p) end end
  for _ = 1, p:int(1, 2) do p:loop(p:of(sizes), p:int(2, 12)) end
  p:line("say('chunk', %s)", p:several("n", 5))
  p:close()
  p:line("end")
  p.unreturned = false
end

-- == What runs them ===========================================================================

-- Most are always the same; in a loop of calls, where `turn` is a variable, some change their type.
local function arguments(p, turn)
  local list = {}
  for k = 1, 2 do
    local constant = p:chance(6) and p:of { "'10'", "'0x10'", "nil" } or p:constant()
    list[k] = turn and p:chance(30) and p:of { turn, turn .. " * 0.5", fmt("({%s, '12', 0.5, NAN, 2^31})[%s]", constant, turn) } or constant
  end
  return fmt("%s, %s, %s", list[1], list[2], p:of { "nil", "1", "'10'", "true" })
end

-- A coroutine takes over the hook of who makes it, and debug.sethook's function for it is found by its address, in the reference:
-- so there is none when coroutines are made.
local drive = {}

function drive.many(p, h)
  local times = p:of { 80, 120, 200, 300 }
  local at = p:int(60, times)
  p:line("do local seen = 0 for r = 1, %d do", times)
  p:line("  local ok, n, m = pcall(%s, %s, r, %s)", h.name, p:of { "r", "n1", "r % 7", "0.5", "r ~= 70 and r or 'text'" }, p:of { "nil", "r" })
  p:line("  if not ok and seen < 3 then seen = seen + 1 say(r, n) end if r %% 50 == 0 then say('call', r, n, m) end")
  if p:chance(30) then p:line("  if r == %d then hooked('%s', %d) elseif r == %d then unhooked() end", at, p:of { "l", "", "cr" }, p:of { 0, 100, 13 }, at + 20) end
  if p:chance(15) then p:line("  if r == %d then reset() end", at) end
  p:line("end end")
end

function drive.calls(p, h)
  p:line("for r = 1, %d do say('call', r, pcall(%s, %s)) end", math.max(1, math.min(p:int(1, 5), math.floor(3000 / h.turns))), h.name, arguments(p, "r"))
end

function drive.traced(p, h) p:line("say('traced', xpcall(function() return %s(%s) end, caught))", h.name, arguments(p)) end

function drive.hooks(p, h)
  p:line("hooked('%s', %d) say('hooked', pcall(%s, %s)) unhooked()", p:of { "", "", "", "l", "cr" }, p:of { 17, 29, 100, 1000, p:chance(25) and 1 or 50 }, h.name, arguments(p))
end

function drive.coroutine(p, h)
  p:line("unhooked()")
  p:line("do local co, turn = coroutine.create(%s), 0", h.name)
  p:line("  repeat turn = turn + 1 say('resumed', turn, coroutine.resume(co, %s)) until turn > 40 or coroutine.status(co) == 'dead'", p:of { "turn, 2, 3", "turn * 0.5, nil", "turn < 5 and turn or 'text', turn", "1, turn > 7 and {} or turn" })
  p:line("  say(coroutine.status(co)) print(debug.traceback(co))")
  p:line("end")
end

function drive.two(p, h)
  p:line("unhooked()")
  p:line("do local one, two = coroutine.create(%s), coroutine.create(%s)", h.name, h.name)
  p:line("  for turn = 1, 8 do say('one', coroutine.resume(one, turn, 1)) say('two', coroutine.resume(two, -turn, 2)) end")
  p:line("end")
end

local function program(seed)
  local p = setmetatable({ random = common.random(seed), lines = {}, indent = 0, scope = { names = {} }, count = 0, arity = {}, recursive = {}, smalls = {}, loops = {}, shares = {}, depth = 2, turns = 1 }, Program)
  p:line("%s", p.prelude)
  top(p)
  for k = 1, p:int(1, 3) do
    if p:chance(30) then
      direct(p)
      if p:chance(60) then p:line("whole() reset()") end
    end
    local h = hot(p, k)
    for _ = 1, p:int(1, 3) do
      local way = h.small and "many" or h.yields and p:of { "coroutine", "coroutine", "two" } or p:of { "calls", "calls", "calls", "traced", "traced", "hooks", "coroutine" }
      drive[way](p, h)
      if p:chance(60) then p:line("whole() reset()") end
    end
  end
  p:line("whole() reset() unhooked()")
  return table.concat(p.lines, "\n") .. "\n"
end

do
  local rows = {}
  for row in io.lines(here .. "/loops/prelude.lua") do
    if not row:find "^%s*%-%-" then rows[#rows + 1] = row:match "^%s*(.*)$" end
  end
  Program.prelude = table.concat(rows, " ")
end

if arg[1]:find "^l" then
  local seed, number = arg[1]:match "^l(%d+)%-(%d+)$"
  io.write(program(seed * 100003 + number))
  return
end
local function excused(message) return message:find("upvalues") or message:find("limit") end
writer.write("l", tonumber(arg[1]), tonumber(arg[2]), arg[3], program, excused, arg[4] and "")

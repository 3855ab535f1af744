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
assert(loadfile(here .. "/loops/top.lua"))(writer)
local initial, fmt = writer.initial, string.format

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
  local p = writer.program(common.random(seed), here .. "/loops/prelude.lua")
  p:top()
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

writer.run("l", program, writer.is_limit)

-- Writes random programs whose hot loops and functions are full of what has no machine code of its own: iterators, comparisons and arithmetic
-- of anything, metamethods of every kind, builtins, functions with varargs, closures, yields, hooks. Run by the reference only.
--
--   lua5.1 mixed.lua SEED COUNT FILE              COUNT chunks into FILE, as generate.lua does
--   lua5.1 mixed.lua SEED COUNT FOLDER standalone COUNT scripts FOLDER/NAME.lua
--   lua5.1 mixed.lua NAME                         one program to standard output: mSEED-NUMBER, as the comparison names it
--
-- As in loops.lua nearly all fits, and what does not fit happens late. Nothing is yielded across a metamethod, an iterator or pcall, for
-- which the reference has C calls. A coroutine takes over the hook of who makes it, and the reference finds debug.sethook's function by the
-- coroutine's address: so functions that coroutines run (`threads`) set none, and metamethods and iterators do where there are no such (`hooking`).

local here = arg and arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/common.lua")
local writer = dofile(here .. "/writer.lua")
writer.here = here
for _, part in ipairs { "loops/expressions", "loops/functions", "loops/statements", "loops/top", "choices", "mixed/metamethods", "mixed/top", "mixed/iteration", "mixed/statements", "mixed/constructors", "mixed/events", "mixed/drives", "mixed/scenes" } do
  assert(loadfile(here .. "/" .. part .. ".lua"))(writer)
end
local initial, fmt = writer.initial, string.format

-- == Functions ================================================================================

local sizes = { 60, 100, 200, 300, 500, 1000, 1500, 2500 }

-- What a function gives in the end.
local function ending(p)
  local mixing = writer.mixing
  p:line("return %s", p:of { p:name "n", p:name "n", p:several("n", 2), mixing.vararg(p), mixing.builtin(p), mixing.any(p), fmt("mix(%s, %s)", p:name "n", p:name "w"), fmt("%s, %s", p:name "n", mixing.vararg(p)),
    p.vararg and "..." or p:name "n", p.vararg and fmt("%s, ...", p:name "n") or p:name "x", fmt("%s(%s, %s)", p:of(p.operations), p:name "w", p:name "w") })
end

local function reset(p, limit)
  p.loops, p.turns, p.hottest, p.size, p.left = {}, 1, 0, 0, nil
  p.limit, p.theme, p.depth, p.shapes = limit, p:of(writer.mixed_themes), p:of { 1, 1, 2 }, writer.mixed_shapes
end

local function locals(p, most, kinds)
  local own = {}
  for _ = 1, p:int(1, most) do
    local kind = p:of(kinds)
    local name = p:fresh(kind)
    p:line("local %s = %s", name, p:chance(30) and p:name(kind) or initial[kind](p))
    p:declare(name)
    own[#own + 1] = name
  end
  if p:chance(65) then
    p.left, p.right = p:fresh "l", p:fresh "l"
    p:line("local %s, %s = %s", p.left, p.right, p:operands())
  end
  return own
end

local function hot(p, k)
  local h = { name = "h" .. k, small = p:chance(k == 1 and 50 or 30), threads = not p.hooking and p:chance(55) }
  reset(p, h.small and p:of { 4, 8, 20 } or p:of { 1000, 2000, 3000 })
  p.gentle, p.yields, p.threads, p.vararg = h.small or p:chance(40), h.threads and not h.small, h.threads, p:chance(30)
  if p.yields and p:chance(50) then p.theme = "yields" end
  local n, w, x = p:fresh "n", p:fresh "w", p:fresh "x"
  p:line("%s %s(%s, %s, %s%s)", p:chance(50) and "local function" or "function", h.name, n, w, x, p.vararg and ", ..." or "")
  p:open()
  p.scope.whole = true
  p:declare(n) p:declare(w) p:declare(x)
  p:line("%s, %s = %s or 1, %s or 2", n, w, n, w)
  local own = locals(p, h.small and 3 or 8, h.small and { "n", "x", "s", "w" } or { "n", "n", "n", "w", "w", "u", "s", "b", "x", "y", "o", "d", "v" })
  if p:chance(25) and not h.small then for _ = 1, p:int(1, 2) do writer.calling.capture(p) end end
  if h.small then
    for _ = 1, p:int(1, 6) do p:statement() end
    if p:chance(30) then p:loop(p:int(2, p.limit), p:int(1, 3)) end
  else
    for _ = 1, p:int(1, 3) do
      p:loop(p:of(sizes), p:int(2, 9))
      if p:chance(40) then p:line("say('between', %s)", p:several("n", 4)) end
    end
    p:line("say('%s ends', %s)", h.name, table.concat(own, ", "))
  end
  ending(p)
  p:close()
  p:line("end")
  h.turns = math.max(p.hottest, 1)
  if h.small then p.smalls[#p.smalls + 1] = h end
  return h
end

-- Loops of the main chunk itself.
local function direct(p)
  reset(p, 2000)
  p.gentle, p.yields, p.threads, p.vararg, p.unreturned = true, false, true, false, true
  p:line("do")
  p:open()
  locals(p, 4, { "n", "n", "w", "u", "s", "b", "x" })
  p:loop(p:of(sizes), p:int(2, 8))
  p:line("say('chunk', %s)", p:several("n", 5))
  p:close()
  p:line("end anew()")
  p.unreturned, p.left = false, nil
end

local function program(seed)
  local p = writer.program(common.random(seed), here .. "/mixed/prelude.lua", here .. "/loops/prelude.lua", here .. "/recursion/prelude.lua")
  if p:chance(35) then
    p:line("NZ, INF, NAN = -tonumber('0'), 1 / tonumber('0'), nil NAN = INF - INF")
    for _ = 1, p:int(2, 4) do writer.scene(p) end
    return table.concat(p.lines, "\n") .. "\n"
  end
  p:top()
  p.hooking = p:chance(50)
  p:mixed_top()
  for k = 1, p:int(1, 3) do
    if p:chance(12) then direct(p) end
    p:drive_mixed(hot(p, k))
  end
  p:line("all() unhooked() unswap()")
  return table.concat(p.lines, "\n") .. "\n"
end

writer.run("m", program, writer.is_limit)

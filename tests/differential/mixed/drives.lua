-- What runs the functions of mixed.lua: loops of calls, coroutines, hooks, handlers of messages.

local writer = ...
local Program, weighted = writer.Program, writer.weighted
local fmt = string.format

-- Of the kinds that the parameters have: a number, an operand, anything.
local function arguments(p, turn)
  local first = turn and p:of { turn, turn .. " % 7", turn .. " * 0.5", p:constant() } or p:constant()
  local second = p:of { p:operand(), p:name "w", turn and turn .. " % 9" or "3", p:name "w" }
  local third = p:of { "nil", "1", "'10'", "'text'", p:name "u", turn or "2", "{}" }
  if p:chance(5) then first = p:of { "nil", "'12'", "'0x10'", "{}" } end
  return fmt("%s, %s, %s%s", first, second, third, p:chance(15) and ", 4, 'five'" or "")
end

local drive = {}

function drive.calls(p, h) p:line("for r = 1, %d do say('call', r, pcall(%s, %s)) end", p:int(1, 4), h.name, arguments(p, "r")) end
function drive.traced(p, h) p:line("say('traced', xpcall(function() return %s(%s) end, caught))", h.name, arguments(p)) end

-- Often enough that the function itself gets hot; an error ends it, or each is caught.
function drive.often(p, h)
  local times = p:of { 300, 1500, 3000 }
  if not h.small then times = math.max(2, math.min(60, math.floor(6000 / h.turns))) end
  local caught = p:chance(40)
  p:line("say('often', xpcall(function() local n0 = 0 for r = 1, %d do", times)
  p:open()
  p.loops = { { count = times, counter = "r", at = function(turn) return "r == " .. turn end } }
  p.gentle, p.turns, p.limit, p.yields, p.threads, p.once, p.unbroken, p.unreturned, p.left = caught and p:chance(50) or p:chance(80), times, times, false, false, true, true, true, nil
  for _ = 1, p:int(0, 3) do writer.mixing.event(p) end
  p.once, p.unbroken, p.unreturned = nil, nil, nil
  if caught then p:line("local ok, a, b = pcall(%s, %s) n0 = mix(n0, ok, a, b) if not ok then once(a) end", h.name, arguments(p, "r"))
  else
    p:line(p:of { "n0 = mix(n0, %s(%s))", "n0 = mix(n0, %s(%s))", "local a, b = %s(%s) n0 = mix(n0, b, a)", "n0 = mix(n0, (%s(%s)))", "local t = {%s(%s)} n0 = mix(n0, #t, unpack(t))", "local function c(...) return %s(%s) end n0 = mix(n0, c(n0))", "%s(%s)", "if %s(%s) then n0 = n0 + 1 end" }, h.name, arguments(p, "r"))
  end
  p:line("if r %% %d == 0 then say(r, n0) end", math.max(1, math.floor(times / 5)))
  p:close()
  p:line("end return n0 end, caught)) unhooked()")
end

function drive.hooks(p, h)
  p:line("hooked('%s', %d) say('hooked', pcall(%s, %s)) unhooked()", p:of { "", "", "l", "cr", "c", "r", "crl" }, p:of { 17, 100, 1000, p:chance(30) and 1 or 50 }, h.name, arguments(p))
end

-- A hook that looks at all frames when it comes, or that takes itself away.
function drive.hook_looks(p, h)
  p:line("do local left = %d debug.sethook(function(e, l) left = left - 1 if left == 0 then debug.sethook() print(e, l, (debug.traceback('', 2))) end end, '%s', %d) say('looked', pcall(%s, %s)) debug.sethook() end",
    p:of { 5, 50, 300, 1000 }, p:of { "", "l", "c", "r", "cr" }, p:of { 1, 1, 7, 50 }, h.name, arguments(p))
end

-- In the reference a coroutine takes over the hook of who makes it: there is none when they are made.
function drive.coroutine(p, h)
  p:line("unhooked()")
  p:line("do local co, turn = coroutine.create(%s), 0", h.name)
  p:line("  local n0 = 0 repeat turn = turn + 1 local ok, a, b = coroutine.resume(co, %s) n0 = mix(n0, ok, a, b) if turn %% 40 == 1 or not ok then say('resumed', turn, ok, a, b) end until turn > %d or coroutine.status(co) == 'dead'",
    p:of { "turn, 2, 3", "turn * 0.5, nil", "turn, " .. p:operand(), "1, turn > 7 and {} or turn, 'x'" }, p:of { 60, 300, 1000 })
  if p:chance(50) then p:line("  if coroutine.status(co) == 'suspended' then print(debug.traceback(co)) local k = 1 while debug.getlocal(co, 1, k) and k < 40 do say(k, debug.getlocal(co, 1, k)) k = k + 1 end end") end
  p:line("  say(coroutine.status(co), turn, n0) print(debug.traceback(co))")
  p:line("end")
end

-- Several in the middle of the same functions; one is forgotten.
function drive.several(p, h)
  p:line("unhooked()")
  p:line("do local all = {} for k = 1, 3 do all[k] = coroutine.%s(%s) end", p:of { "create", "create", "wrap" }, h.name)
  p:line("  local n0 = 0 for turn = 1, %d do for k = 1, 3 do local co = all[k] if co then local ok, a, b if type(co) == 'thread' then ok, a, b = coroutine.resume(co, turn, k) else ok, a, b = pcall(co, turn, k) end n0 = mix(n0, ok, a, b) if not ok then once(a) end end end if turn == 4 then all[2] = nil collect() end end", p:of { 6, 30, 200 })
  p:line("  say('several', n0)")
  p:line("end")
end

-- As an iterator.
function drive.wrapped(p, h)
  p:line("unhooked()")
  p:line("say('wrapped', pcall(function() local n0, left = 0, %d for a, b in coroutine.wrap(%s) do n0 = mix(n0, a, b) left = left - 1 if left < 0 then break end end return n0 end))", p:of { 20, 200, 2000 }, h.name)
end

-- A loop in the coroutine, which calls it often.
function drive.inside(p, h)
  p:line("unhooked()")
  p:line("do local co = coroutine.wrap(function(...) local n0 = 0 for r = 1, %d do n0 = mix(n0, %s(%s)) %s end return 'end', n0 end)", h.small and p:of { 500, 2500 } or 3, h.name, arguments(p, "r"), p:of { "", "if r % 100 == 0 then coroutine.yield(r, n0) end", "if r % 400 == 7 then n0 = mix(n0, YIELD(r)) end" })
  p:line("  for turn = 1, 12 do local ok, a, b = pcall(co, turn) say('inside', ok, a, b) if not ok or a == 'end' then break end end")
  p:line("end")
end

local of_threads = weighted { "coroutine", 6, "several", 3, "wrapped", 3, "inside", 2 }
local of_small = weighted { "often", 10, "often", 4, "hooks", 1, "traced", 1 }
local of_others = weighted { "calls", 5, "traced", 3, "often", 3, "hooks", 3, "hook_looks", 2 }

function Program:drive_mixed(h)
  for _ = 1, self:int(1, 3) do
    local roll = self:int(1, 10)
    drive[self:of(h.threads and of_threads or h.small and of_small or of_others)](self, h)
    self:line("unhooked() %s", roll <= 4 and "all() anew()" or roll <= 8 and "anew()" or "unswap()")
  end
end

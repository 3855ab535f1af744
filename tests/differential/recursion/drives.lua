-- What runs the families of recursion.lua: loops, coroutines, hooks, handlers, callbacks of the libraries.

local writer = ...
local Program, weighted = writer.Program, writer.weighted
local fmt = string.format

local function join(list) return table.concat(list, ", ") end

-- A call from outside. `turn`: a variable that some arguments depend on.
local function call(p, fam, depth, turn)
  local list = { depth }
  for k = 2, fam.params do
    local constant = p:chance(5) and p:of { "'10'", "'0x10'", "nil", "NAN", "NZ" } or p:constant()
    list[k] = turn and p:chance(40) and p:of { turn, turn .. " * 0.5", fmt("(%s == 77 and '12' or %s)", turn, turn), "-" .. turn } or constant
  end
  if p:chance(5) then list[#list] = nil end
  if p:chance(8) or fam.vararg then list[#list + 1] = p:of { "1", "2, 'x'", "nil", "'5'" } end
  if not list[1] then list[1] = depth end
  return p:of(fam.members).outside(join(list))
end

local function depth(p, fam, turn)
  local most = fam.deepest - 1
  if not turn then return tostring(p:of { p:int(3, most), p:int(3, most), 9, most }) end
  return p:of { fmt("%s %% %d", turn, p:int(3, 8)), fmt("%s %% %d", turn, p:int(3, 8)), tostring(p:int(3, math.min(most, 20))), fmt("%s %% %d", turn, most), "2" }
end

local drive = {}

-- How a loop takes the results.
local takes = {
  "n0 = n0 + %s", "n0 = (n0 + %s) %% 1000003", "n0 = n0 * 0.5 + %s", "%s", "local a = %s n0 = a", "local a, b, c = %s n0 = a x0 = b or c", "n0 = count(%s)", "n0 = #{%s}",
  "x0 = %s", "if not %s then n0 = n0 + 1 end", "n0 = n0 + (%s or 0)", "n0 = sum(n0, %s)", "n0 = max(n0, %s)",
}

function drive.loop(p, fam)
  local text = p:of(takes):format(call(p, fam, depth(p, fam, "r"), "r"))
  p:line("say('loop', xpcall(function() local n0, x0 = 0 for r = 1, %d do %s end return n0, x0 end, caught))", p:of { 50, 200, 500, 1000 }, text)
end

-- Each call is caught, and between them something happens.
function drive.many(p, fam)
  local times = p:of { 100, 200, 400 }
  p:line("do local seen, n0, x0 = 0 for r = 1, %d do", times)
  p:open()
  p.loops = { { count = times, counter = "r", at = function(turn) return "r == " .. turn end } }
  p.gentle, p.turns, p.limit, p.yields, p.once, p.unbroken, p.unreturned = true, times, times, false, true, true, true
  for _ = 1, p:int(0, 2) do writer.statement.event(p) end
  p.once, p.unbroken, p.unreturned = nil, nil, nil
  p:line("local ok, n, m = pcall(function() return %s end)", call(p, fam, depth(p, fam, "r"), "r"))
  p:line("if not ok and seen < 4 then seen = seen + 1 say(r, n) end if r %% 50 == 0 then say('call', r, n, m) end")
  if p:chance(20) then p:line("if r == %d then again() end", p:int(2, times)) end
  p:close()
  p:line("end end")
end

function drive.traced(p, fam) p:line("say('traced', xpcall(function() return %s end, caught))", call(p, fam, depth(p, fam))) end
function drive.calls(p, fam) p:line("for r = 1, %d do say('call', r, pcall(function() return %s end)) end", p:int(2, 5), call(p, fam, depth(p, fam), "r")) end

function drive.hooks(p, fam)
  p:line("hooked('%s', %d) say('hooked', pcall(function() return %s end)) unhooked()", p:of { "", "", "l", "cr", "c", "r", "crl" }, p:of { 17, 100, 1000, p:chance(30) and 1 or 50 }, call(p, fam, depth(p, fam)))
end

-- A hook that looks at all frames when it comes.
function drive.hook_looks(p, fam)
  p:line("do local left = %d debug.sethook(function(e, l) left = left - 1 if left == 0 then debug.sethook() print(e, l, (debug.traceback('', 2))) end end, '%s', %d) say('looked', pcall(function() return %s end)) debug.sethook() end",
    p:of { 5, 50, 300, 1000 }, p:of { "", "l", "c", "r" }, p:of { 1, 1, 7, 50 }, call(p, fam, depth(p, fam)))
end

-- In the reference a coroutine takes over the hook of who makes it: there is none when they are made.
function drive.coroutine(p, fam)
  p:line("unhooked()")
  p:line("do local turn, co = 0, coroutine.create(function(...) for r = 1, %d do %s end return 'end' end)", p:int(1, 60), p:of { "say('in', %s)", "%s", "local a, b = %s" }:format(call(p, fam, depth(p, fam, "r"), "r")))
  p:line("  repeat turn = turn + 1 say('resumed', turn, coroutine.resume(co, %s)) until turn > 30 or coroutine.status(co) == 'dead'", p:of { "turn, 2, 3", "turn * 0.5", "turn < 9 and turn or 'text', turn", "turn > 7 and {} or turn" })
  p:line("  say(coroutine.status(co)) print(debug.traceback(co))")
  p:line("end")
end

-- Several in the middle of the same functions; one is forgotten.
function drive.two(p, fam)
  p:line("unhooked()")
  p:line("do local all = {} for k = 1, 3 do all[k] = coroutine.create(function(n0) return %s end) end", call(p, fam, depth(p, fam), "n0"))
  p:line("  for turn = 1, 6 do for k = 1, 3 do if all[k] then say(k, coroutine.resume(all[k], turn)) end end if turn == 4 then all[2] = nil collect() end end")
  p:line("end")
end

function drive.callbacks(p, fam)
  local text = call(p, fam, "3", "k")
  p:line(p:of {
    "say(pcall(function() local t = setmetatable({}, {__index = function(t, k) return %s end}) local n0 = 0 for r = 1, 60 do n0 = n0 + t[r] end return n0 end))",
    "say(pcall(function() local t = {5, 3, 8, 1, 9, 2} table.sort(t, function(k, l) local v = %s return k < l end) return unpack(t) end))",
    "say(pcall(string.gsub, '1 2 3 4 5 6 7 8', '%%d', function(k) return %s end))",
    "say(pcall(function() local n0 = 0 for v in function(_, k) k = (k or 0) + 1 if k < 60 then local v = %s return k end end do n0 = n0 + v end return n0 end))",
    "say(pcall(function() local t, n0 = V(1), 0 local add = function(a, k) return %s end for k = 1, 60 do n0 = n0 + add(t, k) end return n0 end))",
    "for k = 1, 40 do local t = {pcall(function() return %s end)} if k > 38 then say(unpack(t)) end end",
  }:gsub("%%s", function() return (text:gsub("%%", "%%%%")) end), 0)
end

-- The same text without its upvalues, or with them set again.
function drive.copied(p, fam)
  local member = fam.members[1]
  p:line("do local f, g = %s, copied(%s) say('copied', pcall(g, 3, 1, 2)) for k = 1, 60 do local name, v = debug.getupvalue(f, k) if not name then break end debug.setupvalue(g, k, v) end", member.value, member.value)
  p:line("  local n0 = 0 for r = 1, 100 do local ok, v = pcall(g, %s) n0 = n0 + (ok and tonumber(v) or 1) end say('copy', n0) end", #member.own == 0 and "r % 5, r, 2, 3" or "1, r")
end

-- From far down.
function drive.below(p, fam)
  p:line("say(pcall(function() local function down(n) if n == 0 then return %s end return 1 + down(n - 1) end return down(%d) end))", call(p, fam, "2"), p:of { 500, 5000, 9000 })
end

local yielding = weighted { "coroutine", 6, "two", 3, "traced", 1, "many", 1 }
local others = weighted { "many", 4, "traced", 3, "calls", 2, "hooks", 3, "hook_looks", 2, "coroutine", 3, "two", 1, "callbacks", 3, "copied", 1, "below", 1, "loop", 4 }

function Program:drive(fam)
  if not fam.yields or self:chance(20) then
    drive.loop(self, fam)
    if self:chance(50) then self:line("%s = 0", fam.counter) end
  end
  for _ = 1, self:int(1, 3) do
    drive[self:of(fam.yields and yielding or others)](self, fam)
    local roll = self:int(1, 10)
    if roll <= 4 then self:line("whole() again()") elseif roll <= 7 then self:line("again()") else self:line("%s = 0", fam.counter) end
  end
end

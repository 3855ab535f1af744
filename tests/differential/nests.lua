-- Writes random programs in which a hot loop calls functions through several ways of calling, one inside the other: pcall in an iterator in a
-- metamethod in a callback of the library. At the bottom, and in the loop, seldom things happen late: errors of all levels, looks at and changes
-- of the frames above, environments, upvalues and metatables that change, functions that are exchanged. Run by the reference only.
--
--   lua5.1 nests.lua SEED COUNT FILE              COUNT chunks into FILE, as generate.lua does
--   lua5.1 nests.lua SEED COUNT FOLDER standalone COUNT scripts FOLDER/NAME.lua
--   lua5.1 nests.lua NAME                         one program to standard output: nSEED-NUMBER, as the comparison names it
--
-- With the environment variable FOREIGN, the library made of nests/foreign.c, C functions are among these too. The ways of calling are in nests/layers.lua, what is done there in nests/units.lua: texts with choices (choices.lua). In the reference nothing
-- may be yielded across what is a C call there: only a layer that is a coroutine yields, itself.

local here = arg and arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/common.lua")
local writer = dofile(here .. "/writer.lua")
for _, part in ipairs { "loops/expressions", "loops/top", "choices", "nests/events", "nests/layers", "nests/units" } do
  assert(loadfile(here .. "/" .. part .. ".lua"))(writer)
end

local fmt = string.format
local preludes = { here .. "/mixed/prelude.lua", here .. "/loops/prelude.lua", here .. "/recursion/prelude.lua" }

-- Turns at which something happens: some when only what is hot after three turns is compiled, most when everything is.
local turns = { 3, 4, 6, 9, 12, 40, 250, 600, 1100, 1200, 1300, 1500, 1600, 2100 }

-- `if` something seldom is so `then` it happens; `turn` is the number of the loop's turn. Once a turn: it may call what calls it.
local function seldom(p, event)
  local at = p:of(turns)
  local test = p:chance(70) and fmt("turn == %d", at) or p:chance(60) and fmt("turn %% %d == %d", p:of { 97, 250, 333 }, p:int(1, 60)) or fmt("turn > %d", at)
  p.events = (p.events or 0) + 1
  return fmt("if %s and fresh(%d) then %s end", test, p.events, event)
end

local function events(p, most)
  local list = {}
  for _ = 1, p:int(0, most) do list[#list + 1] = seldom(p, writer.event(p)) end
  return table.concat(list, " ")
end

local function program(seed)
  local p = writer.program(common.random(seed), unpack(preludes))
  p.depth_of_nest = p:of { 0, 1, 2, 2, 3, 3, 4, 5 }
  p.threads = p:chance(35)
  p.foreign = os.getenv "FOREIGN" and p:chance(60)
  p:line("NZ, INF, NAN = -tonumber('0'), 1 / tonumber('0'), nil NAN = INF - INF")
  p:line("local A, B, n, turn, L0, L1, L2, L3, L4, L5, L6 = 1, 2, 0, 0")
  p:line("local function mixed(...) n = mix(n, ...) return n %% 97 end")
  p:line("local MT = {x = 1, __add = function(a, b) return 3 end, __lt = function(a, b) return true end, __call = function(self, ...) return ... end, __concat = function() return 'cat' end}")
  p:line("MT.__index = MT")
  p:line("local done = {} local function fresh(k) if done[k] == turn then return false end done[k] = turn return true end")
  -- A program that has changed its own end comes to one.
  p:line("do local mixes, left = mix, 400000 function mix(...) left = left - 1 if left < 0 then error('too long') end return mixes(...) end end")
  p:line("local overflows = 3 local function overflown(...) overflows = overflows - 1 if overflows > 0 then return overflow(...) end end")
  p:line("local function environs(level) local i = debug.getinfo(level + 1, 'S') if i and i.short_src == debug.getinfo(1, 'S').short_src then environ(level + 1, 5) end end")
  p:line("local OBJ = setmetatable({}, MT) local function pass(f, ...) return f(...) end")
  if p.foreign then p:line("local C = package.loadlib(os.getenv 'FOREIGN', 'luaopen_foreign')()") end
  local units = {}
  for _ = 1, p:of { 1, 1, 2, 3 } do units[#units + 1] = writer.unit(p) end
  for _, unit in ipairs(units) do
    p:line("%s", unit.top)
  end
  p:line("%s", writer.leaf(p, events(p, 3), units))
  for k = 1, p.depth_of_nest do
    p:line("%s", writer.layer(p, k, p:chance(35) and events(p, 1) or ""))
  end
  local count = p:of { 60, 400, 1300, 1800, 2300 }
  p:line("local function work(...)")
  p:line("  for r = 1, %d do", count)
  p:line("    turn = r")
  local event = events(p, 2)
  if event ~= "" then p:line("    %s", event) end
  local caught = p:chance(60)
  local call = fmt("L%d(r%s, %s)", p.depth_of_nest, p:of { "", " % 7", "", " * 0.5", " % 3" }, p:of { "A", "r", "B", "n", "'s'", "OBJ", "r % 5" })
  if caught then p:line("    local ok, x, y = pcall(L%s if not ok then once(x) end n = mix(n, ok, x, y)", (call:gsub("^L(%d)%(", "%1, ") .. ""))
  else p:line("    %s", p:of { "n = mix(n, " .. call .. ")", "local x, y = " .. call .. " n = mix(n, y, x)", "n = mix(n, (" .. call .. "))", "if " .. call .. " then n = (n + 1) % 1000003 end", call, "local t = {" .. call .. "} n = mix(n, #t, t[1])" }) end
  for _, unit in ipairs(units) do if p:chance(45) then p:line("    %s", unit.body(p)) end end
  p:line("    if r %% %d == 0 then say(r, n, A, B) end", p:of { 50, 100, 333 })
  p:line("  end")
  p:line("  return n, ...")
  p:line("end")
  local way = p:int(1, 10)
  if way <= 5 then p:line("say(xpcall(function() return work(1, 'end') end, caught))")
  elseif way <= 8 or not p.threads then p:line("for k = 1, %d do say(k, pcall(work, k)) end", p:int(1, 3))
  else p:line("local co = coroutine.create(work) say(coroutine.resume(co, 1)) say(coroutine.status(co)) print(debug.traceback(co))") end
  if p.foreign then p:line("say(C.hook())") end
  if p.finalizes then p:line("collectgarbage()") end
  p:line("unhooked() unswap() debug.setmetatable(print, nil) say(n, A, B, turn)")
  return table.concat(p.lines, "\n") .. "\n"
end

local function excused(message) return writer.is_limit(message) or message:find("200 local") end
writer.run("n", program, excused)

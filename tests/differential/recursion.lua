-- Writes random programs whose work is in functions that call themselves and each other, often enough that a compiler of hot functions
-- takes them. Run by the reference only.
--
--   lua5.1 recursion.lua SEED COUNT FILE              COUNT chunks into FILE, as generate.lua does
--   lua5.1 recursion.lua SEED COUNT FOLDER standalone COUNT scripts FOLDER/NAME.lua
--   lua5.1 recursion.lua NAME                         one program to standard output: rSEED-NUMBER, as the comparison names it
--
-- As in loops.lua nearly all fits, and what does not fit happens late. Every family of functions has a number of calls behind which it
-- gives up, and a depth. No value is yielded, nor called deeply, across what is a C call in the reference.

local here = arg and arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/common.lua")
local writer = dofile(here .. "/writer.lua")
for _, part in ipairs { "loops/expressions", "loops/functions", "loops/statements", "loops/top", "choices", "recursion/functions", "recursion/shapes", "recursion/drives" } do
  assert(loadfile(here .. "/" .. part .. ".lua"))(writer)
end

local function program(seed)
  local p = writer.program(common.random(seed), here .. "/loops/prelude.lua", here .. "/recursion/prelude.lua")
  p.restored = {}
  if p:chance(35) then
    p:line("NZ, INF, NAN = -tonumber('0'), 1 / tonumber('0'), nil NAN = INF - INF")
    for _ = 1, p:int(2, 5) do writer.shape(p) end
    return table.concat(p.lines, "\n") .. "\n"
  end
  p:top()
  local families = {}
  for k = 1, p:int(1, 3) do families[k] = writer.family(p) end
  p:line("local function again() reset()")
  for _, fam in ipairs(families) do p:line("  %s = 0", fam.counter) end
  for _, name in ipairs(p.restored) do p:line("  %s = F['%s']", name, name) end
  p:line("end")
  for _, fam in ipairs(families) do p:drive(fam) end
  if p:chance(50) then p:drive(families[1]) end
  p:line("whole() unhooked()")
  return table.concat(p.lines, "\n") .. "\n"
end

writer.run("r", program, writer.is_limit)

-- Runs the generated chunks of a file, each in its own globals, with what it shows as the case's result.
--
--   lua programs.lua RESULTS CHUNKS

local here = arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/common.lua")
local chunks = dofile(here .. "/chunks.lua")
common.open(arg[1])

for name, text in chunks.each(arg[2]) do
  local run = chunks.prepare(name, text)
  local ok, message = xpcall(run.chunk, debug.traceback)
  run.out("ends", ok, message)
  debug.sethook()
  -- What the program has replaced in the libraries (mixed/prelude.lua).
  local unswap = debug.getregistry().unswap
  if unswap then unswap() end
  common.emit(name, run.result())
end

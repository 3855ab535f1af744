-- Runs the generated chunks of a file under hooks and shows the events: kind, line, what debug.getinfo
-- says there; count hooks of several intervals; activelines, parameters and locals of every function met.
--
--   lua hooks.lua RESULTS CHUNKS

local here = arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/common.lua")
local chunks = dofile(here .. "/chunks.lua")
common.open(arg[1])

local masks = {
  { "l", 0 }, { "cr", 0 }, { "crl", 0 }, { "", 1 }, { "", 7 }, { "l", 13 }, { "crl", 3 }, { "c", 0 },
  { "r", 5 }, { "", 100 },
}
local only = tonumber(os.getenv "MASK") -- for the minimiser: only this of the masks
local no_variable = { ["nil"] = true, ["(*temporary)"] = true }
local most = 1500 -- events shown of a program

local function active(f)
  local info = debug.getinfo(f, "SL")
  local list = {}
  for line in pairs(info.activelines or {}) do list[#list + 1] = line end
  table.sort(list)
  return info.what .. " " .. info.linedefined .. "-" .. info.lastlinedefined .. ": " .. table.concat(list, ",")
end

local n = 0
for name, text in chunks.each(arg[2]) do
  n = n + 1
  -- Two of the masks for each program, all in turn.
  for turn = 0, 1 do
    local mask = masks[only or (n + turn * 3) % #masks + 1]
    local run = chunks.prepare(name, text)
    local log, met = {}, {}
    local function hook(event, line)
      if #log >= most then return end
      local info = debug.getinfo(2, "nSlfu")
      local entry = { event, tostring(line), tostring(info.currentline), tostring(info.name), info.namewhat, info.what, info.short_src .. ":" .. info.linedefined, info.nups }
      if event == "call" and info.func and not met[info.func] then
        met[info.func] = true
        if info.what ~= "C" then entry[#entry + 1] = active(info.func) end
      end
      -- Not at a return: the hook itself runs in the registers of a function that returns nothing.
      if event == "line" then
        for i = 1, 12 do
          local local_name, value = debug.getlocal(2, i)
          -- What lies in the registers behind the variables is on the list of differences. Both ways
          -- out take the same instructions: the count hook counts those of hooks too.
          if no_variable[tostring(local_name)] then break end
          entry[#entry + 1] = local_name .. "=" .. ((type(value) == "number" or type(value) == "boolean") and tostring(value) or type(value))
        end
      end
      log[#log + 1] = table.concat(entry, " ")
    end
    debug.sethook(hook, mask[1], mask[2])
    local ok, message = xpcall(run.chunk, debug.traceback)
    debug.sethook()
    run.out("ends", ok, message)
    common.emit(name .. " " .. mask[1] .. mask[2], run.result() .. table.concat(log, "\n") .. "\n" .. active(run.chunk))
  end
end

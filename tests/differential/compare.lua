-- Compares the results of the two interpreters for one area.
--
--   lua5.1 compare.lua AREA REFERENCE OURS [SHOWN]
--
-- Prints at most SHOWN (default 12) differences and "AREA: N equal, N allowed, N differ".
-- Exit status 1 when a case differs outside allowed.lua, or when the sequence of cases does.

local here = arg[0]:match("^(.*)/") or "."
package.path = here .. "/?.lua;" .. package.path
local allowed = require "allowed"

local area, shown = arg[1], tonumber(arg[4] or 12)

local function cases(name)
  local file = assert(io.open(name, "rb"))
  local data = file:read("*a")
  file:close()
  local pos = 1
  return function()
    local _, last, id, length = data:find("^@@ ([^\n]*) (%d+)\n", pos)
    if not last then return nil, pos <= #data end
    local text = data:sub(last + 1, last + length)
    pos = last + length + 2
    return id, text
  end
end

-- Addresses are nobody's to compare.
local function normal(text)
  return (text:gsub(": 0[xX]%x+", ": ADDRESS"):gsub("%(0x%x+%)", "(ADDRESS)"))
end

local function lines(text)
  local list = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do list[#list + 1] = line end
  return list
end

local function visible(s)
  s = s or "(nothing)"
  if #s > 240 then s = s:sub(1, 240) .. "..." end
  return (s:gsub("[^\32-\126]", function(c) return ("\\%03d"):format(c:byte()) end))
end

local function report(id, ref, our)
  local a, b = lines(ref), lines(our)
  local i = 1
  while a[i] == b[i] and a[i] do i = i + 1 end
  print("DIFFERS " .. area .. " " .. visible(id) .. (i > 1 and " (line " .. i .. ")" or ""))
  -- Far into a long line only the surroundings of the first difference help.
  local x, y, from = a[i] or "", b[i] or "", 1
  while from <= #x and x:byte(from) == y:byte(from) do from = from + 1 end
  from = math.max(1, from - 60)
  print("  reference: " .. visible(a[i] and x:sub(from)))
  print("  ours:      " .. visible(b[i] and y:sub(from)))
end

local equal, listed, different = 0, 0, 0
local next_ref, next_our = cases(arg[2]), cases(arg[3])
local last = "(the first case)"
while true do
  local id, ref = next_ref()
  local id2, our = next_our()
  if id ~= id2 then
    different = different + 1
    if not id then print("STOPPED " .. area .. ": the reference stopped after " .. last .. "; ours went on")
    elseif not id2 then print("STOPPED " .. area .. ": ours stopped in " .. visible(id) .. "; reference: " .. visible(ref))
    else print("OUT OF STEP " .. area .. " after " .. last .. ": " .. visible(id) .. " against " .. visible(id2)) end
    break
  end
  if not id then
    if ref or our then different = different + 1; print("CUT " .. area .. " after " .. last) end
    break
  end
  last = id
  ref, our = normal(ref), normal(our)
  if ref == our then equal = equal + 1
  else
    local why = allowed.find(area, id, ref, our)
    if why then listed = listed + 1
    else
      different = different + 1
      if different <= shown then report(id, ref, our) end
    end
  end
end
if equal == 0 then
  print("EMPTY " .. area .. ": nothing was compared")
  different = different + 1
end
print(("%s: %d equal, %d allowed, %d differ"):format(area, equal, listed, different))
os.exit(different == 0 and 0 or 1)

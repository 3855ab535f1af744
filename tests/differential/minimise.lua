-- Makes a program on which the two interpreters differ smaller, as long as they still differ.
--
--   lua5.1 minimise.lua OURS FILE [NAME]      FILE: a script, or a file of chunks and the NAME of one
--   (REF names another reference than lua5.1; HOOKS=1: compares as hooks.lua does.)
--
-- It deletes lines, indented blocks with their first and last line, or only these two; what no longer
-- compiles is not tried. Prints the program and both outcomes.

local here = arg[0]:match("^(.*)/") or "."
local chunks = dofile(here .. "/chunks.lua")
local ref, ours, name = os.getenv("REF") or "lua5.1", arg[1], arg[3]
local hooks = os.getenv("HOOKS")

local text
if name then
  for id, chunk in chunks.each(arg[2]) do if id == name then text = chunk end end
  assert(text, "no such chunk")
else
  text = assert(io.open(arg[2])):read("*a")
end

local work = os.tmpname()
local function put(file, s)
  local f = assert(io.open(file, "wb"))
  f:write(s)
  f:close()
end

local function outcome(interpreter, source)
  local command
  if name then
    put(work .. ".c", "@@ p " .. #source .. "\n" .. source .. "\n")
    command = ("%s %s/%s.lua %s.r %s.c"):format(interpreter, here, hooks and "hooks" or "programs", work, work)
  else
    put(work .. ".lua", source)
    command = ("%s %s.lua one 'two words' > %s.r"):format(interpreter, work, work)
  end
  put(work .. ".r", "")
  local status = os.execute("ulimit -f 40000; timeout 10 " .. command .. " 2>" .. work .. ".e </dev/null")
  local r = assert(io.open(work .. ".r", "rb")):read("*a") .. assert(io.open(work .. ".e", "rb")):read("*a")
  return status .. "\n" .. ("\n" .. r):gsub(": 0x%x+", ": ADDRESS"):gsub("lua5%.1:", "lua:"):gsub("\n[%w_./-]*lua: ", "\nlua: ")
end

local function differ(lines)
  local source = table.concat(lines, "\n") .. "\n"
  if not loadstring(source) then return false end
  return outcome(ref, source) ~= outcome(ours, source)
end

local lines = {}
for line in text:gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
assert(differ(lines), "there is no difference")

local function depth(line) return #line:match("^ *") end
-- The line that ends the block opened at i, or i.
local function ending(i)
  local k = i + 1
  while lines[k] and depth(lines[k]) > depth(lines[i]) do k = k + 1 end
  return k > i + 1 and lines[k] and k or i
end
local function without(drop)
  local list = {}
  for i, line in ipairs(lines) do if not drop(i) then list[#list + 1] = line end end
  return list
end

local changed = true
while changed do
  changed = false
  local span = math.floor(#lines / 2)
  while span >= 2 do -- many lines at once
    local i = 1
    while i <= #lines do
      local try = without(function(k) return k >= i and k < i + span end)
      if #try < #lines and differ(try) then lines, changed = try, true else i = i + span end
    end
    span = math.floor(span / 2)
  end
  local i = #lines
  while i >= 1 do
    local last = ending(i)
    for _, drop in ipairs { function(k) return k >= i and k <= last end, function(k) return k == i or k == last end, function(k) return k == i end } do
      local try = without(drop)
      if #try < #lines and differ(try) then
        lines, changed = try, true
        break
      end
    end
    i = math.min(i - 1, #lines)
  end
end

local source = table.concat(lines, "\n") .. "\n"
print(source .. "== reference: " .. outcome(ref, source) .. "== ours: " .. outcome(ours, source))
for _, extension in ipairs { "", ".c", ".r", ".e", ".lua" } do os.remove(work .. extension) end

-- Hooks: the order of events, what counts as a new line, returns of tail calls, what is running; active lines.
local function trace(mask, count, f, ...)
  local seen = {}
  debug.sethook(function(event, line)
    local info = debug.getinfo(2, "Sn")
    if info.source:find("=traced", 1, true) or info.what == "C" or event == "tail return" then
      seen[#seen + 1] = line and event .. " " .. line or event .. (info.what == "C" and " of C" or "")
    end
  end, mask, count)
  f(...)
  debug.sethook()
  local text = table.concat(seen, ", ")
  print(text)
  return text
end
local function chunk(source) return assert(loadstring(source, "=traced")) end

-- a call event comes before the first line event; a line event before its instruction; sethook's own return and
-- call are seen too
assert(trace("crl", nil, chunk "local a = 1\nreturn a") == "return of C, call, line 1, line 2, return, call of C")
-- a backward jump is a new line event though the line is the same; a forward one is not
assert(trace("l", nil, chunk "for i = 1, 3 do local x = i end") == "line 1, line 1, line 1, line 1")
assert(trace("l", nil, chunk "local i = 1 if i then i = 2 else i = 3 end") == "line 1")
assert(trace("l", nil, chunk "while not x do x = true end x = nil") == "line 1, line 1")
-- coming back from a call to the same line is no event, to another line is one
assert(trace("l", nil, chunk "local function f()\nreturn 1\nend\nlocal x = f() + f()\n") == "line 3, line 4, line 2, line 2")
-- a tail call: one return for each lost frame after the real one
assert(trace("r", nil, chunk "local function g() return 1 end local function f() return g() end local x = f()")
  == "return of C, return, tail return, return")
-- a count event comes before the line event of the same instruction
do
  local order = {}
  local f = chunk "local a = 1\nlocal b = 2\nlocal c = 3"
  debug.sethook(function(event, line)
    if debug.getinfo(2, "S").source == "=traced" then order[#order + 1] = event .. (line or "") end
  end, "l", 1)
  f()
  debug.sethook()
  print(table.concat(order, " "))
  assert(table.concat(order, " ") == "count line1 count line2 count line3 count")
end
-- the count begins anew with sethook, and goes on over calls
do
  local n = 0
  debug.sethook(function() n = n + 1 end, "", 100)
  for i = 1, 1000 do end
  debug.sethook()
  print(n)
  assert(n == 10)
end
-- no hook is called inside a hook; a hook that fails ends like an error of the line
do
  local depth = 0
  debug.sethook(function() depth = depth + 1 string.rep("x", 2) end, "c")
  math.abs(1)
  debug.sethook()
  print(depth)
  assert(depth == 2)
  local f = chunk "local a\na = 1\na = 2"
  debug.sethook(function(_, line) if line == 2 and debug.getinfo(2, "S").source == "=traced" then error("stop") end end, "l")
  local ok, m = pcall(f)
  debug.sethook()
  print(ok, m)
  assert(not ok and m:find("stop", 1, true))
end
-- level 2 of a hook is the function at the event; its currentline is -1 at the call of a C function, the line of the
-- definition's first instruction at a Lua function's
do
  local lines = {}
  debug.sethook(function(event) local i = debug.getinfo(2, "Sl") lines[#lines + 1] = event .. " " .. i.what .. " " .. i.currentline end, "cr")
  math.abs(1)
  debug.sethook()
  print(table.concat(lines, ", "))
  assert(table.concat(lines, ", ") == "return C -1, call C -1, return C -1, call C -1")
end
-- a coroutine inherits the mask of its creator, but debug.sethook keeps its functions by thread: nothing is called there
do
  local n = 0
  debug.sethook(function() n = n + 1 end, "l")
  local co = coroutine.wrap(chunk "local a = 1\nlocal b = 2")
  debug.sethook()
  n = 0
  co()
  print(n)
  assert(n == 0)
end
-- sethook without a function takes the hook away; with one but neither mask nor count nothing is called, yet gethook
-- still knows the function
debug.sethook(nil, "crl")
assert(debug.gethook() == nil)
debug.sethook(print, "x")
local f, mask, count = debug.gethook()
assert(f == print and mask == "" and count == 0)
debug.sethook()

-- active lines: those that hold an instruction, the `end` of each function (its RETURN) with them, blank ones and comments not
local function active(source)
  local list = {}
  for line in pairs(debug.getinfo(chunk(source), "L").activelines) do list[#list + 1] = line end
  table.sort(list)
  return table.concat(list, " ")
end
for _, case in ipairs {
  { "", "1" },
  { "\n\n\n", "1" },
  { "local a\nlocal b\n", "2" },
  { "local a = 1\n\n-- c\nlocal b = 2", "1 4" },
  { "if a then\nb()\nelse\nc()\nend", "1 2 4 5" },
  { "local function f()\nreturn 1\nend", "3" },
  { "f(\n1,\n2)", "1 2 3" },
  { "repeat\nlocal x\nuntil x", "2 3" },
  { "return", "1" },
  { "do\nend", "2" },
} do
  local got = active(case[1])
  print((case[1]:gsub("\n", "|")), got)
  assert(got == case[2], case[2])
end
assert(debug.getinfo(print, "L").activelines == nil)

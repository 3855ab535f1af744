-- Lengths and positions at the ends of what an int holds: `#` of a table whose keys are powers of two, up to where a search
-- by doubling overflows; and every function that takes positions, with all that are odd.

local t = {}
for i = 0, 62 do t[2 ^ i] = i end
local n = #t
assert(t[n] ~= nil and t[n + 1] == nil, n)
local odd = { 0, 1, -1, 2 ^ 31 - 1, 2 ^ 31, -2 ^ 31, -2 ^ 31 - 1, 2 ^ 32, 2 ^ 53, -2 ^ 53, 2 ^ 63, -2 ^ 63, 1 / 0, -1 / 0, 0 / 0, 0.5, -0.5 }
for _, i in ipairs(odd) do
  for _, j in ipairs(odd) do
    local few = { "a", "b", "c" }
    -- Where a range is long, its first missing element ends it.
    if j - i < 100 or i ~= 1 then pcall(table.concat, few, "", i, j) end
    assert(#("abc"):sub(i, j) <= 3)
    pcall(string.byte, "abc", i, j)
    pcall(string.find, "abc", "b", i) pcall(string.find, "abc", "b", i, true) pcall(string.match, "abc", "()", i)
    pcall(math.random, i, j)
    pcall(math.ldexp, i, j) pcall(math.fmod, i, j) pcall(math.pow, i, j)
    pcall(tonumber, "10", i)
  end
  -- A position far outside is no reason to move 2^31 elements.
  if i < 1e9 and i > -1e9 then
    local few = { 1, 2, 3 }
    pcall(table.insert, few, i, 4) pcall(table.remove, few, i)
  end
  pcall(string.rep, "", i) pcall(string.char, i) pcall(select, i, 1, 2) pcall(select, -i, 1, 2)
  pcall(unpack, {}, i, i) pcall(setfenv, i, {}) pcall(getfenv, i) pcall(error, "x", i)
  pcall(debug.traceback, "x", i >= 0 and i < 1e6 and i or 1) pcall(debug.getinfo, i) pcall(debug.getlocal, 1, i) pcall(debug.setlocal, 1, i, 1)
  pcall(debug.getupvalue, print, i) pcall(debug.setupvalue, function() return t end, i, 1)
  pcall(collectgarbage, "setpause", 200) pcall(collectgarbage, "step", i == i and math.min(math.max(i, -1e3), 1e3) or 0)
  pcall(os.date, "%c", i) pcall(os.date, "*t", i) pcall(os.time, { year = i, month = i, day = i, hour = i })
  pcall(io.lines, "/dev/null") pcall(io.read, i)
  local file = io.tmpfile()
  file:write("some text")
  file:seek("set", 0)
  if i < 1e6 then pcall(file.read, file, i) end
  pcall(file.seek, file, "set", i) pcall(file.seek, file, "cur", i) pcall(file.setvbuf, file, "full", i < 1e6 and i or 1)
  file:close()
end
assert(collectgarbage("count") < 50000)

-- `pcall` of functions that are not Lua's, and `pcall` called by what is not a call of Lua's: every number of results wanted and given.

local function repeated(f, ...)
  local last
  for i = 1, 200 do last = f(...) end
  return last
end
local function listed(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = tostring((select(i, ...))) end
  return table.concat(t, " ")
end

-- Results of any number.
print(repeated(function() return listed(pcall(type, 1)) end))
print(repeated(function() return listed(pcall(select, 2, "a", "b", "c")) end))
print(repeated(function() return listed(pcall(select, "#")) end))
print(repeated(function() return listed(pcall(select, 1)) end))
print(repeated(function() return select("#", pcall(unpack, {}, 1, 200)) end))
print(repeated(function() local a, b, c, d = pcall(select, 1, "x", "y") return listed(a, b, c, d) end))
print(repeated(function() local a, b = pcall(select, 1, "x", "y", "z") return listed(a, b) end))
print(repeated(function() local a = pcall(select, 1, "x", "y", "z") return listed(a) end))
print(repeated(function() pcall(select, 1, "x", "y", "z") return "dropped" end))
print(repeated(function() return listed("first", pcall(math.max, 3, 9, 5)) end))
print(repeated(function() local t = { pcall(string.byte, "abc", 1, -1) } return #t .. listed(unpack(t)) end))
print(repeated(function() return (pcall(type, 1)) end))

-- One inside another.
print(repeated(function() return listed(pcall(pcall, pcall, type, 1)) end))
print(repeated(function() return listed(pcall(pcall)) end))
print(repeated(function() return listed(pcall(pcall, error, "inside", 0)) end))
print(repeated(function() return listed(pcall(xpcall, function() error("x", 0) end, function(m) return m .. "!" end)) end))
print(repeated(function() return listed(pcall(pcall, function() return 1, 2 end)) end))

-- Errors.
print(repeated(function() return listed(pcall(error)) end))
print(repeated(function() return listed(pcall(error, "text", 0)) end))
print(repeated(function() return type(select(2, pcall(error, {}))) end))
print(repeated(function() return listed(pcall(string.rep)) end))
print(repeated(function() return listed(pcall(nil)) end))
print(repeated(function() return listed(pcall({}, 1)) end))
print(repeated(function() local a, b, c = pcall(error, "text", 0) return listed(a, b, c) end))
print(listed(pcall(pcall)), listed(pcall(string.format, "%d", "x")))

-- By functions that take functions, and as what they are given.
print(repeated(function() return (("abc"):gsub("%w", function(c) return select(2, pcall(string.upper, c)) end)) end))
print(pcall(string.gsub, "abc", "%w", pcall))
print(pcall(table.foreach, { 1, 2, 3 }, pcall))
print(pcall(table.sort, { 3, 1, 2 }, function(a, b) local _, less = pcall(rawequal, a, b) return not less and a < b end))
print(pcall(dofile, "/nonexistent/file") == false)
local co = coroutine.create(function(...) local ok, a = pcall(select, 2, ...) coroutine.yield(ok, a) return pcall(type, a) end)
print(coroutine.resume(co, 1, "two"))
print(coroutine.resume(co))

-- As a metamethod, of every sort of use of the result; as an iterator; as a tail call.
local M = {}
local function meta(event) M[event] = pcall return setmetatable({}, M), setmetatable({}, M) end
local a, b = meta("__index")
print(repeated(function() return listed(a.x, a[1]) end))
a, b = meta("__eq")
print(repeated(function() return listed(a == b, a ~= b) end))
a, b = meta("__lt")
print(repeated(function() return listed(a < b, a <= b, a > b) end))
a, b = meta("__add")
print(repeated(function() return listed(a + b, a + 1) end))
a, b = meta("__concat")
print(repeated(function() return listed(a .. b, a .. "x", "x" .. a) end))
a, b = meta("__unm")
print(repeated(function() return listed(-a) end))
a, b = meta("__newindex")
print(repeated(function() a.x = 1 a[1] = 2 return listed(rawget(a, "x"), rawget(a, 1)) end))
M.__newindex = nil
local rounds = 0
for ok, result in pcall, type, 1 do
  rounds = rounds + 1
  if rounds > 5 then break end
end
print(rounds)
local function tail(...) return pcall(...) end
print(repeated(function() return listed(tail(select, 1, "a", "b")) end))
print(repeated(function() return listed(tail(error, "tail", 0)) end))

-- What debuggers see.
local function look()
  local names = {}
  for level = 1, 4 do
    local info = debug.getinfo(level, "nS")
    names[level] = info and tostring(info.name) .. "/" .. info.what or "none"
  end
  return table.concat(names, " "), tostring(debug.getlocal(2, 1))
end
print(pcall(look))
print(pcall(pcall, look))
print((select(2, pcall(debug.traceback, "here")):gsub("0x%x+", "")))
local events = {}
debug.sethook(function(event) events[#events + 1] = event end, "cr")
pcall(type, 1)
pcall(error)
debug.sethook()
print(table.concat(events, " "))

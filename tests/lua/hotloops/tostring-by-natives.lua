-- tostring by functions of the library, and what these do besides returning.
local function object(f) return setmetatable({}, {__tostring = f}) end
local named = object(type)
local counted = object(rawlen or function() return "lua" end)
local none = object(function() end)
local many = object(unpack)          -- an empty table: no result
local number = object(function() return 12 end)
local caught = object(pcall)         -- false, and a message
local status = object(coroutine.status)
local deep = object(tostring)        -- itself, until the stack is full
local co = coroutine.wrap(function() while true do coroutine.yield("never") end end)
local resumed = object(co)

for round = 1, 300 do
  assert(tostring(named) == "table")
  local a, b, c = tostring(named)
  assert(a == "table" and b == nil and c == nil)
  assert(select("#", tostring(named)) == 1)
  tostring(named)
  assert((tostring(named) .. tostring(named)) == "tabletable")
end
for round = 1, 100 do
  local t = {tostring(named), tostring(number), tostring(none)}
  if round == 100 then print(t[1], t[2], t[3], #t) end
end
print(pcall(tostring, many))
print(pcall(function() return tostring(many) end))
print(tostring(caught))
print(pcall(tostring, status))
print(pcall(function() for i = 1, 3 do tostring(status) end end))
print((pcall(tostring, deep)))
print(pcall(tostring, resumed))
for round = 1, 50 do assert(tostring(resumed) == "never") end
-- the function that is called sees who calls it
local levels = object(function()
  local names = {}
  for level = 1, 3 do
    local info = debug.getinfo(level, "Sn")
    names[level] = info.what .. ":" .. tostring(info.name)
  end
  return table.concat(names, " ")
end)
for round = 1, 100 do
  local s = tostring(levels)
  if round == 100 then print(s) end
end
local traced = object(debug.traceback)
print((tostring(traced) == traced), type(tostring(traced)))
-- a hook that is set meanwhile is called from there on
local calls = 0
local hooking = object(function() debug.sethook(function() calls = calls + 1 end, "cr") return "hooked" end)
local s = tostring(hooking)
debug.sethook()
print(s, calls)
local sets = setmetatable({}, {__tostring = debug.sethook})
for round = 1, 20 do tostring(named) end
print(pcall(tostring, sets))
debug.sethook()
-- userdata
local file = io.stdout
for round = 1, 50 do assert(tostring(file):find("^file %(0x%x+%)$")) end
local closed = io.tmpfile()
closed:close()
for round = 1, 50 do assert(tostring(closed) == "file (closed)") end

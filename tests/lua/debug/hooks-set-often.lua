-- Hooks that are set, changed and taken away, again and again, see what they are to see, and no more.
local events = {}
local function note(event, line) events[#events + 1] = event .. (line and ":" .. line or "") end
local function g(x) local a = x
  local b = a
  return b
end
local function tail(x) return g(x) end
local function take()
  local out = table.concat(events, " ")
  events = {}
  return out
end
for round = 1, 30 do
  for _, mask in ipairs {"c", "r", "l", "cr", "crl", "c", "", "l"} do
    debug.sethook(note, mask)
    g(1)
    tail(2)
    debug.sethook()
    local out = take()
    if round == 30 then print(mask, out) end
  end
  local n = 0
  debug.sethook(function(e) n = n + 1 events[1] = e end, "", 1)
  for i = 1, 10 do g(i) end
  debug.sethook()
  if round == 30 then print(n, take()) end
  debug.sethook(note, "c", 3)
  g(1)
  debug.sethook()
  if round == 30 then print(take()) end
end
-- what a hook calls is seen by no hook, by name, level, or error
local depth = 0
local function inner() depth = depth + 1 return debug.traceback("inside", 1) end
local trace
debug.sethook(function(event) if event == "call" and not trace then trace = inner() end end, "c")
g(1)
debug.sethook()
print(depth, (trace:gsub("0x%x+", "ADDRESS")))
print(pcall(function()
  debug.sethook(function() debug.sethook() local function fails() error("in a hook") end fails() end, "l")
  local x = 1
end))
debug.sethook()
print(pcall(function()
  debug.sethook(function(e) table.sort({3, 1, 2}, function(a, b) return a < b end) string.gsub("abc", ".", function(c) return c end) end, "crl")
  local x = g(1)
  debug.sethook()
  return x
end))
print(debug.gethook())

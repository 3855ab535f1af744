-- Errors in hot loops and in the small functions that they call: messages with names and lines, tracebacks, what debug.* tells.

-- Each text is a loop that fails at the turn `bad`, which is late; the failing value is `v`.
local bodies = {
  "x = x + v", "x = v - x", "x = x * v", "x = v / 2", "x = x % v", "x = v ^ 2", "x = -v",
  "x = t[i] + v", "x = v[i]", "x = v.field", "v[i] = 1", "v.field = 1", "x = v.field.other", "x = t.missing.other",
  "x = #v", "x = x .. v", "if x < v then x = 1 end", "if v <= x then x = 1 end", "while v > x do break end",
  "v()", "x = v(i)", "t.missing(i)", "t:missing(i)", "v:method()", "global_function(i)", "up(i)", "up.x = up.x + v", "glob = glob + v",
  "t[v] = 1", "t[i] = t[i] + v", "local y = add(x, v)", "local y = deep(v)", "x = x + add(v, 1)", "local y = field(v)", "local y = t.m(v)", "local y = t:n(v)",
  "local y = store(v)", "local y = index(v)", "local y = compare(v, i)", "local y = up_add(v)", "local y = math.floor(v)", "local y = math.max(i, v)",
  "local y = tail(v)", "for j = 1, v do x = j end", "for j = v, 1 do x = j end", "for j = 1, 2, v do x = j end", "for k in v do x = k end",
  "local s = ('x'):rep(v)", "error(v)", "error({})", "assert(v == 1, 'no')", "local y = select(v)", "setmetatable(v, {})", "x = glob.a.b + v",
}
local prelude = [[
local values, bad, up = ...
local t = { m = function(p) return p + 1 end }
function t.n(self, q)
  return q * 2
end
local function add(a, b)
  return a + b
end
local function field(o)
  if type(o) == "number" then return 0 end
  return o.name.other
end
local function deep(z)
  local w = add(1, 2)
  return w + add(
    z,
    w)
end
local function store(o) if type(o) ~= "number" then o[1] = 5 end return 1 end
local function index(o) if type(o) ~= "number" then return o[1] end return 1 end
local function compare(a, b) return a < b end
local function up_add(a) return up.x + a end
local function tail(a) return add(a, 1) end
local x = 0
for i = 1, 2500 do
  t[i] = i
  local v = i == bad and values or i % 3 + 1
  if i == bad or always then
    ]]

local names = { "nil", "true", "table", "string", "function" }
local values = { nil, true, {}, "str", print }
always = false

local kept = {} -- the collector is to take no function whose loop is hot
local function check(body, text)
  for at = 1, #names do
    local f = assert(loadstring(text, "=chunk"))
    kept[#kept + 1] = f
    glob = { a = { b = 1 } }
    global_function = nil
    local trace
    local ok, message = xpcall(function() return f(values[at], 2495, { x = 1 }) end, function(m)
      trace = debug.traceback("", 2):gsub("0x%x+", "ADDR"):gsub("\n%s*", "|")
      return m
    end)
    print(body, names[at], ok, (type(message) == "table" and "a table" or tostring(message):gsub("0x%x+", "ADDR")))
    if trace then print("", (trace:gsub("messages.lua.*", ""))) end
  end
end

-- Those that numbers bear are run at each turn; then with the bad value at the end.
for _, body in ipairs(bodies) do
  check(body, prelude .. "  " .. body .. "\n  end\n  x = i\nend return 'no error'")
end
local works = {
  "x = x + v", "x = v - x", "x = x * v % 100", "x = v / 2", "x = x % v", "x = v ^ 2", "x = -v", "x = t[i] + v", "if x < v then x = 1 end", "if v <= x then x = 1 end",
  "t[v] = 1", "t[i] = t[i] + v", "local y = add(x, v)", "local y = deep(v)", "x = x + add(v, 1)", "local y = field(v)", "local y = t.m(v)", "local y = t:n(v)",
  "local y = store(v)", "local y = index(v)", "local y = compare(v, i)", "local y = up_add(v)", "local y = math.floor(v)", "local y = math.max(i, v)",
  "local y = tail(v)", "for j = 1, v do x = j end", "for j = v, 1 do x = j end", "for j = 1, 2, v do x = j end", "up.x = up.x + v", "x = up.x + v",
  "x = x % 5 .. v", "local y = { v + 1 }", "local y = function() return v + 1 end y()", "local s = ('x'):rep(v)",
}
for _, body in ipairs(works) do
  check(body, (prelude:gsub("if i == bad or always then", "do")) .. "  " .. body .. "\n  end\n  x = i\nend return 'no error'")
end

-- What is told of each level when a small function, called in a hot loop, fails.
local function look()
  local text = {}
  for level = 2, 6 do
    local info = debug.getinfo(level, "nSlu")
    if not info or info.what == "main" then break end
    text[#text + 1] = string.format("%s %s %s %d %d %d", tostring(info.name), info.namewhat, info.what, info.currentline, info.linedefined, info.nups)
    for i = 1, 20 do
      local name, value = debug.getlocal(level, i)
      if not name then break end
      if type(value) ~= "number" and type(value) ~= "string" and value ~= nil then value = type(value) end
      text[#text + 1] = "  " .. name .. "=" .. tostring(value)
    end
  end
  return table.concat(text, "\n")
end
local function inner(a, b)
  local c = a * 2
  if a == 990 then
    local d = c + 1
    return nil + b
  end
  return c - b
end
local function middle(p, q, r)
  local s = inner(p, 1)
  local u = inner(p, s)
  return s + u
end
local function outer(n)
  local sum = 0
  for i = 1, n do
    local before = sum
    sum = sum + middle(i, "q") % 7
  end
  return sum
end
print(xpcall(function() return (outer(1000)) end, function(m) return m .. "\n" .. look() end))

-- ... and when a function that is called there only looks.
local seen
local function looks(a) local b = a + 1 seen = look() return b end
local function calls(n)
  local sum = 0
  for i = 1, n do
    local was = sum
    sum = sum + (i == n and looks or inner)(i, 2)
  end
  return sum
end
print(calls(900), seen)
print(calls(50), seen)

-- Line numbers of a hot loop that counts lines by a hook set in the middle of it.
local lines = {}
local function traced(n)
  local x = 0
  for i = 1, n do
    x = x + i
    if i == n - 3 then debug.sethook(function(_, line) lines[#lines + 1] = line end, "l") end
    x = inner(x % 5,
      1)
    if x > 3 then
      x = x - 1
    end
  end
  debug.sethook()
  return x
end
print(traced(1000), table.concat(lines, " "))
local events = {}
local function traced_calls(n)
  local x = 0
  for i = 1, n do
    if i == n - 2 then
      debug.sethook(function(event) local info = debug.getinfo(2, "nS") events[#events + 1] = event .. ":" .. tostring(info.name) .. ":" .. info.linedefined end, "cr")
    end
    x = x + middle(i % 5) + math.floor(x / 2)
    x = x % 100
  end
  debug.sethook()
  return x
end
print(traced_calls(1000), table.concat(events, " "))
local count = 0
local function counted(n)
  local x = 0
  for i = 1, n do
    if i == n - 100 then debug.sethook(function() count = count + 1 end, "", 1) end
    x = x + inner(i % 5, 1) % 3
  end
  debug.sethook()
  return x
end
print(counted(1000), count)

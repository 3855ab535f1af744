-- Arithmetic of objects in hot loops, by small metamethods that are done in place, and functions that take their place by tail calls: results,
-- what changes midway, errors and what is told of frames.

local Vec = {}
Vec.__index = Vec
local function new(x, y) return setmetatable({ x = x, y = y }, Vec) end
function Vec.__add(a, b) return new(a.x + b.x, a.y + b.y) end
function Vec.__sub(a, b) return setmetatable({ x = a.x - b.x, y = a.y - b.y }, Vec) end
function Vec.__mul(a, b)
  if type(a) == "number" then return new(a * b.x, a * b.y) end
  if type(b) == "number" then return new(a.x * b, a.y * b) end
  return a.x * b.x + a.y * b.y
end
function Vec.__div(a, b) return new(a.x / b, a.y / b) end
function Vec.__unm(a) return new(-a.x, -a.y) end
function Vec.__mod(a, b) local r = new(a.x % b, a.y % b) return r, "more", "than one" end
function Vec.__pow(a, b) end
local function show(v) return type(v) == "table" and string.format("(%.6g %.6g)", v.x, v.y) or tostring(v) end

-- All operators, objects first and second, constants too.
do
  local p, v, dots = new(0, 0), new(1, 2), 0
  for i = 1, 4000 do
    local q = p + v * 2
    local r = 3 * v - q / 2
    local m = -r % 7
    dots = dots + q * m
    p = (p + m - v * i / 1000) % 50
    if v ^ 2 ~= nil then print("never") end
    if i % 1000 == 0 then print(i, show(p), show(q), show(r), show(m), dots) end
  end
end

-- Numbers, strings and objects at the same words, and metamethods that come, go and change.
do
  local function add(a, b) return a + b end
  local other = setmetatable({ x = 1, y = 1 }, { __add = function(a, b) return "other" end })
  local values = { 1, "2", new(1, 1), other, 5 }
  local counts = {}
  for i = 1, 5000 do
    local a, b = values[i % 5 + 1], values[(i * 3 + math.floor(i / 7)) % 5 + 1]
    local ok, r = pcall(add, a, b)
    local key = ok and (type(r) == "table" and "vector" or tostring(r)) or r:gsub("^.-:%d+: ", "")
    counts[key] = (counts[key] or 0) + 1
  end
  local keys = {}
  for k in pairs(counts) do keys[#keys + 1] = k end
  table.sort(keys)
  for _, k in ipairs(keys) do print(k, counts[k]) end

  local v, sum, log = new(1, 1), 0, {}
  local plain = Vec.__add
  for i = 1, 6000 do
    if i == 3000 then Vec.__add = function(a, b) return new(a.x - b.x, 0) end end
    if i == 3500 then Vec.__add = nil; Vec.__add = plain end
    if i == 4000 then Vec.__add = function(a, b) return { x = 7, y = 7 } end end
    if i == 4500 then Vec.__add = math.max; v = 1 end
    if i == 4600 then Vec.__add = plain; v = new(2, 2) end
    if i == 5000 then setmetatable(v, nil); setmetatable(v, { __add = function(a, b) return b end, __index = Vec }) end
    local w = v + v
    sum = sum + (type(w) == "table" and w.x or w)
    if i % 500 == 0 then log[#log + 1] = sum end
  end
  print(table.concat(log, " "))
  Vec.__add = plain
end

-- Numbers get a metatable.
do
  local v, sum = new(1, 1), 0
  for i = 1, 4000 do
    if i == 3900 then debug.setmetatable(1, { __mul = function(a, b) return new(100, 100) end }) end
    sum = sum + (2 * v).x
  end
  debug.setmetatable(1, nil)
  print(sum)
end

-- Metamethods that call metamethods, and themselves.
do
  local Pair = {}
  local function pair(a, b) return setmetatable({ a = a, b = b }, Pair) end
  Pair.__add = function(p, q) return pair(p.a + q.a, p.b + q.b) end
  Pair.__sub = function(p, q)
    if p.b > q.b then return p - pair(q.a, q.b + 1) end
    return p.a
  end
  local p, s = pair(new(0, 0), 0), 0
  for i = 1, 3000 do
    p = p + pair(new(1, i), 1)
    s = s + (p - pair(p.a, p.b - i % 4)).x
    if i % 1000 == 0 then print(show(p.a), p.b, s) end
  end
end

-- Errors in a metamethod, and in what has taken its place.
local function trace(f, ...)
  local ok, message = xpcall(f, function(m) return m .. debug.traceback("", 2) end, ...)
  return ok, (tostring(message):gsub("0x%x+", "ADDR"):gsub("\n%s*%.%.%.", ""):gsub("\t%[C%]: in function 'xpcall'.*", ""))
end
do
  local Bad = {}
  local function check(a, b)
    local sum = a.n + b.n
    return sum
  end
  local function through(a, b) return check(a, b) end
  Bad.__add = function(a, b) local c = a.n return through(a, b) end
  Bad.__sub = function(a, b) return a.n.missing.field end
  Bad.__unm = function(a) return a.n + nil end
  local good, bad = setmetatable({ n = 1 }, Bad), setmetatable({}, Bad)
  for turn = 1, 3 do
    print(trace(function()
      local s = 0
      for i = 1, 4000 do
        local v = i == 3990 and bad or good
        if turn == 1 then s = s + (good + v) elseif turn == 2 then s = i > 3980 and v - v or s + 1 else s = i > 3980 and -v or s + 1 end
      end
    end))
  end
end

-- What is told of the frames within.
do
  local lines
  local Told = {}
  local function tell()
    for level = 2, 5 do
      local info = debug.getinfo(level, "nSlu")
      if not info or info.what == "main" then break end
      lines[#lines + 1] = string.format("%s %s %s %d %d", tostring(info.name), info.namewhat, info.what, info.currentline, info.nups)
      for at = 1, 6 do
        local name, value = debug.getlocal(level, at)
        if not name then break end
        lines[#lines + 1] = "  " .. name .. " " .. (type(value) == "table" and "table" or tostring(value))
      end
    end
    lines[#lines + 1] = "--"
  end
  local late = false
  local function second(a, b)
    local d = 5
    if late then tell() end
    return d
  end
  Told.__mul = function(a, b)
    local c = 3
    if late then tell() end
    return second(b, a)
  end
  local told = setmetatable({}, Told)
  local function run(n)
    local s = 0
    for i = 1, n do
      late = i > n - 2
      s = s + told * i
    end
    return s
  end
  for round = 1, 3 do
    lines = {}
    local s = run(4000)
    if round == 3 then print(s, table.concat(lines, "\n")) end
  end
end

-- Hooks see all of it.
do
  local events = {}
  local v = new(1, 1)
  local function run(n)
    local w = v
    for i = 1, n do
      if i == n - 3 then
        debug.sethook(function(event, line) events[#events + 1] = event .. (line or "") end, "crl")
      end
      w = w + v
    end
    debug.sethook()
    return w.x
  end
  print(run(3000), #events)
  print(table.concat(events, " "))
  local counts = 0
  debug.sethook(function() counts = counts + 1 end, "", 1)
  local w = v
  for i = 1, 100 do w = w + v * 2 end
  debug.sethook()
  print(counts)
end

-- Locals of the loop that a metamethod changes; the garbage of all turns is collected meanwhile.
do
  local change
  local Sly = { __add = function(a, b)
    if change then
      for at = 1, 20 do
        local name = debug.getlocal(2, at)
        if name == change then debug.setlocal(2, at, 2995) end
      end
    end
    return b
  end }
  local sly = setmetatable({}, Sly)
  local function run(n, what)
    local sum, other = 0, 1
    for i = 1, n do
      change = i == n - 10 and what or nil
      sum = sum + (sly + i) + other
    end
    return sum
  end
  print(run(3000), run(3000, "other"), run(3000, "sum"), run(3000, "(for index)"), run(3000, "i"))
end

-- One instruction that calls functions of every kind in turn: what it has called before must not matter, nor whether
-- hooks or coroutines come between.
local function lua1(a, b) return a, b end
local function lua2(a, ...) return select("#", ...), a end
local object = setmetatable({}, { __call = function(self, a, b) return b, a end })
local by_builtin = setmetatable({}, { __call = math.max })

local callees = {
  lua1, math.max, lua2, select, object, rawequal, lua1, tostring, lua1, lua1, math.max, math.max,
  object, object, type, print and rawequal, lua2, string.rep, coroutine.wrap(function(...)
    while true do coroutine.yield(select("#", ...), ...) end
  end),
}

local function site(f, a, b) return (f(a, b)) end
local function statement(f, a, b) f(a, b) end
local function all(f, a, b)
  local x, y, z = f(a, b)
  return x, y, z
end

-- What each gives, told by a way that remembers nothing: a chunk of its own for each call.
local function alone(f, a, b)
  return assert(loadstring("local f, a, b = ... local x, y, z = f(a, b) return x, y, z"))(f, a, b)
end

local function same(what, x, y)
  assert(x == y, what .. ": " .. tostring(x) .. " and " .. tostring(y))
end

local function round(order)
  for i = 1, #callees do
    local f = callees[order(i)]
    local x, y, z = alone(f, 3, 2)
    same("first", site(f, 3, 2), x)
    local x2, y2, z2 = all(f, 3, 2)
    same("x", x2, x)
    same("y", y2, y)
    same("z", z2, z)
    statement(f, 3, 2)
  end
end

local n = #callees
local orders = {
  function(i) return i end,
  function(i) return n + 1 - i end,
  function(i) return i * 7 % n + 1 end,
  function(i) return i % 2 + 1 end,
}
for _ = 1, 3 do
  for _, order in ipairs(orders) do round(order) end
end

-- Under hooks, set and cleared between the calls: each call and each return is told of, whatever the site has called.
for _, mask in ipairs({ "c", "r", "l", "cr", "crl" }) do
  local events = {}
  for _, f in ipairs({ lua1, math.max, math.max, lua1, select, object }) do
    debug.sethook()
    site(f, 1, 2)
    local count = 0
    debug.sethook(function(event) if event ~= "line" then count = count + 1 end end, mask)
    site(f, 1, 2)
    debug.sethook()
    events[#events + 1] = count
  end
  print(mask, table.concat(events, " "))
end
local ticks = 0
debug.sethook(function() ticks = ticks + 1 end, "", 7)
round(orders[3])
debug.sethook()
assert(ticks > 0)

-- What is no function is named in the message, after either kind.
for _, f in ipairs({ lua1, math.max }) do
  site(f, 1, 2)
  print(pcall(site, nil, 1, 2))
  print(pcall(site, {}, 1, 2))
  print(pcall(statement, 5))
  site(f, 1, 2)
end

-- A caller that was left by an error in the middle, and calls again.
local function fails() error("no", 0) end
for _, f in ipairs({ fails, lua1, error, math.max, fails, math.max, error, lua1 }) do
  print(pcall(site, f, 8, 9))
end

-- In coroutines, one of which yields at the site.
local function body(...)
  local total = 0
  for i = 1, select("#", ...) do total = total + (site((select(i, ...)), i, 1) or 0) end
  return total
end
local co = coroutine.wrap(body)
print(co(lua1, coroutine.yield, math.max, lua1, coroutine.yield))
print(co(10), site(math.max, 1, 2))
print(co(20))

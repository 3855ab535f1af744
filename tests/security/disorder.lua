-- Order functions, callbacks and metamethods that do not play by the rules: inconsistent, changing what is worked on, yielding, failing,
-- collecting, jumping between coroutines.

local function numbers(n) local t = {} for i = 1, n do t[i] = (i * 7919) % 1009 end return t end

local orders = {
  always = function() return true end,
  never = function() return false end,
  random = function() return math.random() < 0.5 end,
  ["not strict"] = function(a, b) return a <= b end,
  ["the wrong type"] = function() return {} end,
  none = function() end,
  many = function(...) return ..., ..., unpack(numbers(100)) end,
}
for name, order in pairs(orders) do
  for _, n in ipairs { 2, 3, 4, 10, 101, 1000 } do
    local t = numbers(n)
    local ok, message = pcall(table.sort, t, order)
    assert(ok or message:find("invalid order function", 1, true) or message:find("attempt to compare", 1, true), message)
    assert(#t >= 0)
  end
end

-- that change the table they sort
local function changing(change)
  for _, n in ipairs { 5, 50, 500 } do
    local t = numbers(n)
    local calls = 0
    local ok, message = pcall(table.sort, t, function(a, b)
      calls = calls + 1
      change(t, calls, n)
      if type(a) ~= "number" or type(b) ~= "number" then return calls % 2 == 0 end
      return a < b
    end)
    assert(ok or type(message) == "string", message)
    for k, v in pairs(t) do assert(k ~= nil and v ~= nil) end
  end
end
changing(function(t, i) t[i] = nil end)
changing(function(t, i, n) t[n - i % n] = nil end)
changing(function(t, i) t[#t + 1] = i end)
changing(function(t) for k in pairs(t) do t[k] = nil end end)
changing(function(t, i) for k = 1, 20 do t["k" .. k .. i] = k end end)
changing(function(t, i) t[i] = tostring(i) end)
changing(function(t, i) if i % 7 == 0 then collectgarbage() end t[i] = {} end)
changing(function(t) setmetatable(t, { __index = error, __newindex = error, __len = error, __lt = error }) end)
changing(function(t) table.sort(t) end)
changing(function(t, i) if i < 50 then table.remove(t, 1) else table.insert(t, 1, i) end end)

-- that yield, into a coroutine that changes the table, and are never resumed
for drop = 1, 30 do
  local t = numbers(40)
  local co = coroutine.wrap(function()
    return pcall(table.sort, t, function(a, b)
      coroutine.yield()
      if type(a) ~= "number" or type(b) ~= "number" then return false end
      return a < b
    end)
  end)
  for i = 1, drop * 5 do
    if co() ~= nil then break end
    t[i % 40 + 1] = i % 3 == 0 and nil or i
    if i % 11 == 0 then collectgarbage() end
  end
end
collectgarbage()

-- sort in a metamethod in a coroutine in a sort
local depth = 0
local strange = {}
local meta = {
  __lt = function(a, b)
    depth = depth + 1
    if depth < 4 then
      local inner = {}
      for i = 1, 6 do inner[i] = setmetatable({ n = (i * 5) % 7 }, getmetatable(a)) end
      local ok = coroutine.wrap(function() return pcall(table.sort, inner) end)()
      assert(ok)
    end
    depth = depth - 1
    return a.n < b.n
  end,
}
for i = 1, 8 do strange[i] = setmetatable({ n = (i * 3) % 11 }, meta) end
table.sort(strange)
for i = 2, 8 do assert(strange[i - 1].n <= strange[i].n) end

-- gsub: callbacks that collect, change the table of replacements, use gsub, fail and yield
local subject = ("key=value;"):rep(60)
local pool = {}
local result = subject:gsub("(%w+)=(%w+)", function(k, v)
  pool[#pool + 1] = k .. v .. #pool
  if #pool % 9 == 0 then collectgarbage() pool = {} end
  return (v:gsub(".", function(c) if #pool % 5 == 0 then collectgarbage("step", 1) end return c:upper() end))
end)
assert(result == ("VALUE;"):rep(60))
local replacements = setmetatable({}, { __index = function(t, k)
  for i = 1, 30 do rawset(t, k .. i, i) end
  if math.random() < 0.1 then for key in pairs(t) do t[key] = nil end collectgarbage() end
  return coroutine.wrap(function() return k:rep(2) end)()
end })
assert(#(("abcdefgh"):rep(40):gsub("%w", replacements)) >= 320)
for _, bad in ipairs { function() return {} end, function() error({}) end, function() return print end } do
  assert(not pcall(string.gsub, "abc", "%w", bad))
end
for _ = 1, 20 do -- suspended in the middle, and dropped
  local co = coroutine.wrap(function() return (subject:gsub("%w+", function(w) return coroutine.yield(w) end)) end)
  for i = 1, math.random(1, 100) do if #co(("x"):rep(i)) > 100 then break end end
end
collectgarbage()

-- the debug library in the frames of those who call back
local function frames()
  for level = 2, 6 do
    local info = debug.getinfo(level, "f")
    if not info then break end
    for i = 1, 12 do
      local name = debug.getlocal(level, i)
      if not name then break end
      pcall(debug.setlocal, level, i, ({ nil, 1, "x", {}, print, -1e300, 0 / 0, 2^53, coroutine.create(print) })[math.random(1, 9)])
    end
  end
end
for round = 1, 300 do
  math.randomseed(round)
  pcall(table.sort, numbers(20), function(a, b) if math.random() < 0.3 then frames() end return (tonumber(a) or 0) < (tonumber(b) or 0) end)
  pcall(string.gsub, subject, "%w+", function(w) if math.random() < 0.3 then frames() end return w end)
  pcall(string.gsub, subject, "%w+", setmetatable({}, { __index = function(_, k) frames() return k end }))
  pcall(table.foreach, numbers(10), function() frames() end)
  pcall(table.foreachi, numbers(10), function() frames() end)
  pcall(xpcall, function() frames() error("x") end, function() frames() end)
  pcall(load, function() frames() return nil end)
  pcall(tostring, setmetatable({}, { __tostring = function() frames() return "x" end }))
  pcall(function() for k in pairs(numbers(4)) do frames() end end)
  pcall(coroutine.wrap(function() frames() coroutine.yield() end))
  pcall(function() return setmetatable({}, { __concat = function() frames() return "c" end }) .. "x" .. {} end)
  pcall(require, "no.such.module" .. round)
  pcall(dofile, "no such file")
end
collectgarbage()

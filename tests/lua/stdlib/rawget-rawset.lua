-- rawget and rawset beside the language's own reads and stores: the same keys, at random, in a table with and in one without
-- a metatable; what they hold must be the same while the collector marks. Without it so must the order of `next` (it makes
-- keys without values unfit to be used again, in one table sooner than in the other).

local seed = 71
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

local objects = {}
for i = 1, 12 do objects[i] = { i } end
local names = {}
for i = 1, 40 do names[i] = "name" .. i end
local long = ("a long name "):rep(20)

local function key()
  local kind = random(9)
  if kind <= 3 then return names[random(40)] end
  if kind <= 5 then return random(20) - 2 end
  if kind == 6 then return random(8) / 4 end
  if kind == 7 then return objects[random(12)] end
  if kind == 8 then return random(2) == 1 end
  return random(3) == 1 and long .. random(4) or -random(40)
end

local function value()
  local kind = random(5)
  if kind == 1 then return nil end
  if kind == 2 then return { seed } end
  if kind == 3 then return "value " .. random(1000) end
  return random(1000)
end

local function never() error("a metamethod was called") end
local barred = { __index = never, __newindex = never }

-- A table's keys, objects by their contents.
local function listed(t, in_order)
  local out = {}
  for k, v in next, t do
    out[#out + 1] = (type(k) == "table" and "object " .. k[1] or tostring(k)) .. "=" .. (type(v) == "table" and "{" .. v[1] .. "}" or tostring(v))
  end
  if not in_order then table.sort(out) end
  return table.concat(out, " ")
end

local total = 0
for round = 1, 120 do
  if round % 40 == 0 then collectgarbage("setpause", round) collectgarbage("setstepmul", 30 * round) end
  local plain, raw = {}, {}
  local stopped = round % 3 == 0
  if stopped then collectgarbage("stop") end
  if round % 2 == 0 then setmetatable(raw, barred) end
  for step = 1, 150 do
    local k = key()
    if random(3) == 1 then
      assert(rawget(raw, k) == plain[k])
      local a, b = rawget(raw, k)
      assert(a == plain[k] and b == nil)
    else
      local v = value()
      plain[k] = v
      if random(2) == 1 then
        rawset(raw, k, v)
      else
        local result, none = rawset(raw, k, v, "not looked at")
        assert(result == raw and none == nil)
      end
      assert(rawget(raw, k) == v)
    end
  end
  local a, b = listed(plain, stopped), listed(raw, stopped)
  if stopped then assert(#raw == #plain) collectgarbage("restart") end
  total = total + #a
  if a ~= b then print("differ", a, b) end
end
print(total)

-- What rawset stores is seen by a lookup that was remembered, and a metamethod that it sets or takes away at once.
local parent, class = { get = "parent" }, {}
parent.__index, class.__index = parent, class
setmetatable(class, parent)
local object = setmetatable({}, class)
for i = 1, 6 do
  io.write(tostring(object.get), " ", tostring(object.other), "\n")
  if i == 2 then rawset(class, "get", "class") end
  if i == 3 then rawset(parent, "other", "other") end
  if i == 4 then rawset(class, "get", nil) end
  if i == 5 then rawset(class, "__index", function(_, k) return "asked for " .. k end) end
end
for i = 1, 3 do
  local ok, sum = pcall(function() return object + 1 end)
  print(ok, ok and sum)
  rawset(class, "__add", i == 1 and function() return "added" end or nil)
end
for _, call in ipairs { function() return rawset({}, nil, 1) end, function() return rawset({}, 0 / 0, 1) end, function() return rawset({}, 1) end,
  function() return rawset(1, 1, 1) end, function() return rawget({}) end, function() return rawget(1, 1) end, function() return rawset() end } do
  print(pcall(call))
end
print(rawget({}, nil), rawget({}, 0 / 0), rawget({ 7 }, 1), rawget({ [-0] = 3 }, 0), select("#", rawset({}, 1, 2)))

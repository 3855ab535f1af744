-- Functions whose environment has its globals by a metatable, as those of modules with package.seeall, in loops that are hot.

local turns = 1500
_G.shared, _G.list = 0, { 1, 2, 3 }

local function with_env(env, f) return setfenv(f, env) end

local env = setmetatable({}, { __index = _G })
local bump = with_env(env, function(i)
  _G.shared = _G.shared + 1
  if i % 3 == 0 then _G.last = i end
  own = (own or 0) + i
  return math.floor(i / 2) + list[i % 3 + 1]
end)
local sum = 0
for i = 1, turns do sum = sum + bump(i) end
print(sum, shared, last, env.own, rawget(_G, "own"))

-- What was inherited becomes the environment's own on the way, and is taken away again.
local late = setmetatable({}, { __index = _G })
local read = with_env(late, function() return shared end)
sum = 0
for i = 1, turns do
  if i == 500 then late.shared = -1 end
  if i == 900 then late.shared = nil end
  if i == 1200 then rawset(_G, "shared", 0.5) end
  sum = sum + read()
end
print(sum)

-- Another metatable, another `__index`, and one that is a function.
local names = {}
local one, two = { shared = 1 }, { shared = 2 }
local changing = setmetatable({}, { __index = one })
local look = with_env(changing, function() return shared end)
sum = 0
for i = 1, turns do
  if i == 400 then getmetatable(changing).__index = two end
  if i == 700 then setmetatable(changing, { __index = function(_, name) names[name] = (names[name] or 0) + 1 return 3 end }) end
  if i == 1000 then setmetatable(changing, { __index = one }) end
  if i == 1200 then one.shared = nil end
  if i == 1300 then setmetatable(one, { __index = two }) end
  if i == 1400 then setmetatable(changing, nil) end
  sum = sum + (look() or 100)
end
print(sum, names.shared)

-- Called and indexed at once.
local busy = setmetatable({}, { __index = _G })
local work = with_env(busy, function(i)
  local t = setmetatable({ i }, { __index = list })
  for k, v in ipairs(t) do i = i + v end
  return tostring(i):len() + select("#", unpack(t)) + #string.rep("x", i % 4)
end)
sum = 0
for i = 1, turns do sum = sum + work(i) end
print(sum)

-- A name that nobody has.
local missing = with_env(setmetatable({}, { __index = setmetatable({}, { __index = function(_, name) if name == "late_name" then return nil end error("no variable " .. name, 2) end }) }), function(i)
  local v = late_name
  if i == 1490 then return unknown end
  return v == nil and 1 or 0
end)
sum = 0
print(pcall(function() for i = 1, turns do sum = sum + missing(i) end end))
print(sum)

-- Tables that paths go by: their values change, names come and go, and so does `__index`.
local Class = { count = 0, kinds = 0 }
Class.__index = Class
function Class:touch(i) Class.count = Class.count + 1 Class[i % 2 == 0 and "even" or "odd"] = i return Class.count end
Class.even, Class.odd = 0, 0
local object = setmetatable({}, Class)
sum = 0
for i = 1, turns do
  sum = sum + object:touch(i) + (object.even or 0)
  if i % 100 == 0 then Class["k" .. i] = i end
  if i == 700 then Class.even = nil end
  if i == 701 then Class.even = 5 end
end
print(sum, Class.count, Class.even, Class.odd, object.k300)
local Other = { name = "other" }
local base = { name = "base" }
local Named = { __index = base }
local thing = setmetatable({}, Named)
local seen = {}
for i = 1, turns do
  local key = i % 300 == 0 and "__index" or "value"
  if key == "__index" then Named[key] = (Named.__index == base) and Other or base else Named[key] = i end
  seen[thing.name] = (seen[thing.name] or 0) + 1
end
print(seen.base, seen.other, Named.value)

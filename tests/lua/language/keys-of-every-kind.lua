-- Tables read and written by keys of every kind, as constants and as variables: both zeros, fractions,
-- numbers beyond the array part, booleans, objects, absent keys, with and without metatables.

local zero, minus = 0, -0
local inverse = 1 / (0 * -1)
local objects = { {}, print, function() end, newproxy(), coroutine.create(function() end), io.stdout }

local function show(t, title)
  local n, sum = 0, 0
  for k, v in pairs(t) do n = n + 1 sum = sum + v end
  print(title, n, sum)
end

local t = {}
for i = 1, 3 do
  t[0] = i t[-0] = i + 1 t[zero] = t[zero] + 1 t[0 * -1] = t[0] + t[minus]
  t[-1] = i t[-1] = t[-1] + 1 t[1.5] = i t[1.5] = t[1.5] * 2
  t[2^31] = i t[2^53] = t[2^31] + 1 t[-2^40] = t[2^53]
  t[true] = i t[false] = t[true] t[not zero] = t[false] + 1
  t[1e300] = i t[-1e-300] = i t[1/0] = i t[-1/0] = t[1/0]
  for _, o in ipairs(objects) do t[o] = (t[o] or 0) + i end
  for k = -3, 3 do t[k] = (t[k] or 0) + 1 end
  for k = 0.5, 3 do t[k] = (t[k] or 0) + k end
end
show(t, "all")
print(t[0], t[-0], t[zero], t[minus], t[1 / inverse], 1 / next({ [0 * -1] = 1 }))
print(t[-1], t[1.5], t[2^31], t[2^53], t[-2^40], t[true], t[false], t[1e300], t[-1e-300], t[1/0], t[-1/0])
for i, o in ipairs(objects) do print(i, t[o]) t[o] = nil print(t[o]) end
print(t[4], t[-4], t[0.25], t[2^40], t[{}], t[function() end], t[nil], t[0/0])
print(pcall(function() t[nil] = 1 end))
print(pcall(function() t[0/0] = 1 end))
print(pcall(function() local n = 0/0 t[n] = 1 end))
show(t, "without objects")

-- Absent keys go to the metatable, present ones do not; keys that hold nil count as absent.
local asked = {}
local m = setmetatable({ [0] = "zero", [true] = "yes", [-1] = "minus", [objects[1]] = "object" }, {
  __index = function(_, k) asked[#asked + 1] = (type(k) == "number" or type(k) == "boolean") and tostring(k) or type(k) return "asked" end,
  __newindex = function(t, k, v) asked[#asked + 1] = "set" rawset(t, k, v) end,
})
print(m[0], m[-0], m[zero], m[true], m[false], m[-1], m[-2], m[objects[1]], m[objects[3]], m[0.5])
m[0] = "again" m[true] = nil m[true] = 1 m[false] = 2 m[-2] = 3 m[objects[1]] = nil m[objects[1]] = 5 m[objects[2]] = 6
print(m[0], m[true], m[false], m[-2], m[objects[1]], m[objects[2]])
print(#asked, asked[1], asked[2], asked[3], asked[5], asked[6], asked[7], asked[8])
local inherits = setmetatable({}, { __index = m })
print(inherits[0], inherits[true], inherits[objects[1]], inherits[-5], inherits[minus])

-- A userdata's methods, inherited through several tables, through a function, and not at all.
local base = { hello = function(self, x) return "hello", x end, shared = 1 }
local middle = setmetatable({ over = 2 }, { __index = base })
local u = newproxy(true)
getmetatable(u).__index = middle
for i = 1, 3 do
  print(u:hello(i), u.over, u.shared, u.absent, u["shared"], pcall(function() return u:absent() end))
end
base.late = "late"
print(u.late, rawget(middle, "late"))
getmetatable(base) -- none
setmetatable(base, { __index = function(_, k) return "computed " .. k end })
print(u.anything, u.late)
getmetatable(u).__index = function(self, k) return k .. "!" end
print(u.wonder, u.x)
getmetatable(u).__index = nil
print(pcall(function() return u.x end))
local chain = {}
setmetatable(chain, { __index = chain })
getmetatable(u).__index = chain
print(pcall(function() return u.x end))
local deep = {}
for i = 1, 97 do deep = setmetatable({}, { __index = deep }) end
getmetatable(u).__index = deep
print(u.x)
getmetatable(u).__index = setmetatable({}, { __index = deep })
print(pcall(function() return u.x end))
getmetatable(u).__index = setmetatable({}, { __index = setmetatable({}, { __index = deep }) })
print(pcall(function() return u.x end))

-- Objects as keys while the collector works: those that are dropped go, the others are found.
local set, kept = {}, {}
for i = 1, 20000 do
  local o = i % 3 == 0 and function() return i end or { i }
  set[o] = i
  if i % 7 == 0 then kept[#kept + 1] = o end
  if i % 5 == 0 then set[o] = nil set[o] = i * 2 end
  if i % 11 == 0 and #kept > 0 then set[kept[1 + i % #kept]] = i end
end
local sum = 0
for _, o in ipairs(kept) do sum = sum + set[o] end
print(sum)

-- Multiple assignment: evaluation order, adjustment, targets that are themselves assigned.
local T = dofile("support/show.lua")
local log = {}
local function note(name, v) log[#log + 1] = name return v end
local function flush(label) print(label, table.concat(log, " ")) log = {} end

local t = setmetatable({}, { __newindex = function(_, k, v) log[#log + 1] = "set" .. tostring(k) .. "=" .. tostring(v) end,
  __index = function(_, k) log[#log + 1] = "get" .. tostring(k) return k end })
t[note("k1", 1)], t[note("k2", 2)], t[note("k3", 3)] = note("v1", "a"), note("v2", "b"), note("v3", "c")
flush("order")
t.x, t.y = t.p, t.q
flush("fields")
local a, b, c = note("1", 1), note("2", 2), note("3", 3), note("4", 4)
flush("locals")
a, b, c = c, a, b
assert(a == 3 and b == 1 and c == 2)
do
  local i, arr = 1, {}
  i, arr[i], arr[i + 1] = 5, "one", "two"
  assert(i == 5 and arr[1] == "one" and arr[2] == "two" and arr[5] == nil)
end
do
  local a = { 1, 2 }
  local b = a
  a, a[1] = nil, "changed"
  assert(a == nil and b[1] == "changed")
end
do
  local a = { {} }
  a[1].x, a[1] = 10, { y = 2 }
  assert(a[1].x == nil and a[1].y == 2)
end
g1, g2 = 1
assert(g1 == 1 and g2 == nil)
g1, g2 = 1, 2, 3
g1, g2 = g2, g1
assert(g1 == 2 and g2 == 1)
local function two() return "x", "y" end
local p, q, r, s = two()
T.show("two", p, q, r, s)
p, q, r, s = two(), two()
T.show("two two", p, q, r, s)
p, q, r, s = (two())
T.show("(two)", p, q, r, s)
p, q, r, s = 0, two(), (two())
T.show("0 two (two)", p, q, r, s)
local function f(n) return n and f end
t = {}
t.a, t.b, t["c"], t[1], t[1.5], t[true] = 1, 2, 3, 4, 5, 6
T.show("keys", t.a, t.b, t.c, t[1], t[1.5], t[true])
T.try("nil key", function() t[nil] = 1 end)
T.try("nan key", function() t[0 / 0] = 1 end)
T.show("nil get", t[nil], t[0 / 0])
t[2 ^ 53] = "big"
assert(t[9007199254740992] == "big" and t[-0] == nil)
t[0] = "zero"
assert(t[-0] == "zero" and t[0 * -1] == "zero")
-- assignment to a parameter and to a loop variable stays local to it
local function param(x) x = x + 1 return x end
local v = 1
assert(param(v) == 2 and v == 1)
local seen = {}
for i = 1, 3 do seen[#seen + 1] = i i = 100 end
assert(#seen == 3)
local sum = 0
for i = 1, 3 do local i = i * 2 sum = sum + i end
assert(sum == 12)
-- local x = x sees the outer one; local function sees itself
local x = 1
do local x = x + 1 assert(x == 2) end
local function rec(n) if n == 0 then return "end" end return rec(n - 1) end
assert(rec(10) == "end")
local notrec = function(n) return notrec end
assert(notrec() == nil)
do local x, x = 1, 2 assert(x == 2) end
print("done")

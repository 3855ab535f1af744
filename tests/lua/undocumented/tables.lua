-- Tables: the border that # finds, when sizes change, orders of traversal, next during changes, the old functions.
local eq = dofile("support/eq.lua")

-- `#`: the array part's last slot decides; if it is nil a border inside is found by halving, else the hash part goes on
eq(#{ 1, 2, 3, nil, 5 }, 5)
eq(#{ 1, nil, 3 }, 3)
eq(#{ nil, nil, 3 }, 3)
eq(#{ 1, 2, 3, nil, 5, nil }, 3)
eq(#{ n = 1, [1] = 1, [2] = 2, [4] = 4 }, 4)
do
  local t = { n = 1 } t[1], t[2], t[4] = 1, 2, 4
  eq(#t, 4)
  local u = { 10, 20, 30 } u[2] = nil
  eq(#u, 3)
  eq(select("#", unpack(u)), 3)
  u[3] = nil
  eq(#u, 1)
  local v = {} v[1] = 1 v[2] = 2 v[3] = 3 v[4] = 4 v[3] = nil
  eq(#v, 4)
  v[4] = nil
  eq(#v, 2)
end
-- pairs: the array part in order, then the hash part from its first node to its last: the same on every run, since
-- strings are placed by a hash without a seed
local function keys(t) local k = {} for key in pairs(t) do k[#k + 1] = tostring(key) end return table.concat(k, " ") end
eq(keys { "a", "b", x = 1, "c" }, "1 2 3 x")
eq(keys { x = 1, y = 2, z = 3 }, keys { x = 1, y = 2, z = 3 })
print(keys { x = 1, y = 2, z = 3 }, keys { z = 3, y = 2, x = 1 }, keys { one = 1, two = 2, three = 3, four = 4, five = 5 })
-- a constructor's record fields are placed in order of assignment with the hash part sized for them; items are stored
-- after the fields before them, 50 at a time
eq(keys { [1] = "hash", [2] = "hash", "array" }, "1 2")
eq(({ [1] = "field", "item" })[1], "item")
eq(({ "item", [1] = "field" })[1], "item")
-- assigning nil to a key that is being visited is allowed; a new key may end in an error or not, but this one does not
do
  local t, n = { a = 1, b = 2, c = 3, d = 4 }, 0
  for k in pairs(t) do t[k] = nil n = n + 1 end
  eq(n, 4)
  eq(next(t), nil)
end
eq(select(2, pcall(next, {}, "nokey")), "invalid key to 'next'")
eq(next({}, nil), nil)
eq(next({ 5 }), 1)
-- ipairs ends at the first nil and knows no __index; pairs no metamethod; # none for tables; == needs the same one
local proxy = setmetatable({}, { __index = function(_, i) return i < 4 and i or nil end, __len = function() return 9 end })
local n = 0
for _ in ipairs(proxy) do n = n + 1 end
eq(n, 0)
eq(#proxy, 0)
eq(setmetatable({}, { __eq = function() return true end }) == setmetatable({}, { __eq = function() return true end }), false)
-- the old functions are there: getn and maxn, foreach and foreachi, but setn only says that it is obsolete
eq(table.getn { 1, 2, 3 }, 3)
eq(select(2, pcall(table.setn, {}, 3)), "'setn' is obsolete")
eq(table.maxn { 1, 2, [10.5] = 1, x = 1 }, 10.5)
eq(table.foreach({ 1, 2 }, function(k, v) if k == 2 then return v end end), 2)
eq(table.foreachi({ 4, 5 }, function(i, v) if i == 1 then return v end end), 4)
-- insert and remove go by #, positions outside are not refused
do
  local t = { 1, 2, 3 }
  table.insert(t, 6, "six")
  eq(t[6], "six")
  eq(#t == 3 or #t == 6, true)
  table.insert(t, 2, "x")
  eq(table.concat(t, " ", 1, 4), "1 x 2 3")
  eq(select("#", table.remove({})), 0)
  eq(select("#", table.remove({}, 5)), 0)
  eq(table.remove({ 1, 2, 3 }, 1), 1)
  eq(select(2, pcall(table.insert, {}, 1, 2, 3)), "wrong number of arguments to 'insert'")
  eq(select(2, pcall(table.insert, {})), "wrong number of arguments to 'insert'")
end
eq(select(2, pcall(table.concat, { 1, {}, 3 })), "invalid value (table) at index 2 in table for 'concat'")
eq(table.concat({ 1, 2, 3 }, ",", 2), "2,3")
eq(table.concat({}, ",", 1, 0), "")
-- sort: a bad order function may be found out
eq(select(2, pcall(table.sort, { 3, 2, 1, 4, 5, 7, 6, 9 }, function() return true end)), "invalid order function for sorting")
eq(select(2, pcall(table.sort, { 1, "a", 2 })):match("^attempt to compare"), "attempt to compare")
-- unpack: nil in between are results; as many as the stack takes
eq(select("#", unpack({}, 1, 5)), 5)
eq(select("#", unpack({ 1, 2 }, 3)), 0)
eq(select(2, pcall(unpack, {}, 1, 1e7)), "too many results to unpack")
eq(#{ unpack({}, 1, 7000) }, 0)
-- keys: 1 and 1.0 are one, -0 and 0 too, "1" is another; NaN can be asked for but not set
do
  local t = { [1.0] = "a", ["1"] = "b", [-0] = "z" }
  eq(t[1] .. t["1"] .. t[0], "abz")
  eq(t[0 / 0], nil)
  eq(rawget(t, 0 / 0), nil)
  eq(pcall(rawset, t, 0 / 0, 1), false)
end
-- a metatable with __metatable is hidden and cannot be changed; __mode and __gc of tables
eq(getmetatable(setmetatable({}, { __metatable = "hidden" })), "hidden")
eq(select(2, pcall(setmetatable, setmetatable({}, { __metatable = 1 }), {})), "cannot change a protected metatable")
eq(getmetatable("").__index, string)
do
  local collected = false
  setmetatable({}, { __gc = function() collected = true end })
  collectgarbage() collectgarbage()
  eq(collected, false)
end
eq(string.gfind, string.gmatch)
-- a __call that is no function is not called in its turn, and the message is of the first value
eq(select(2, pcall(setmetatable({}, { __call = setmetatable({}, { __call = print }) }))), "attempt to call a table value")
eq(select(2, pcall(loadstring("local t = setmetatable({}, { __call = setmetatable({}, { __call = print }) }) t()", "=f"))),
  "f:1: attempt to call local 't' (a table value)")

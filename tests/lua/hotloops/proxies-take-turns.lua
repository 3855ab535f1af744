-- Tables that stay empty, for their __newindex puts elsewhere what is stored: keys get places in them all the same, in the order in which a
-- reference gives them.
local function keys(t)
  local out = {}
  for k in next, t do out[#out + 1] = tostring(k) end
  return table.concat(out, ",")
end
local store, log = {}, 0
local a = setmetatable({}, {__newindex = function(t, k, v) log = log + 1 store[k] = v end, __index = store})
for i = 1, 300 do a.foo = i a.bar = i + 1 a[i % 10] = i a[-i % 3] = i a[true] = i end
print(log, store.foo, store.bar, store[0], store[9], store[-1], store[true], keys(a))
rawset(a, "own", 1)
for i = 1, 100 do a.foo = i a.own = i a.bar = i a[0] = i a[-0] = i end
print(log, a.own, keys(a))
rawset(a, "own", nil)
rawset(a, "bar", 5)
for i = 1, 100 do a.foo = i a.own = i a.bar = i a[1] = i a[2] = i end
print(log, a.own, store.own, rawget(a, "bar"), keys(a))
-- into another table, which has it, lacks it, is read by others, has a metatable itself
local b = {x = 1}
local c = setmetatable({}, {__newindex = b})
for i = 1, 100 do c.x = i c.y = i c[1] = i c[0] = i end
print(b.x, b.y, b[1], b[0], keys(c))
local d = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v * 2) end})
local e = setmetatable({}, {__newindex = d})
for i = 1, 100 do e.x = i e.z = i if i % 10 == 0 then d.x = nil d.z = nil end end
print(d.x, d.z, rawget(e, "x"))
local child = setmetatable({}, {__index = b})
for i = 1, 100 do c.x = i assert(child.x == i) c.fresh = i % 7 == 0 and i or nil assert(child.fresh == b.fresh) end
-- the function becomes a table and a table a function while it runs
local meta = {}
local f = setmetatable({}, meta)
local calls, into = 0, {}
for i = 1, 200 do
  if i % 20 == 0 then meta.__newindex = into elseif i % 10 == 0 then meta.__newindex = function() calls = calls + 1 end end
  f.x = i
  if i < 10 then f.x = nil end
  f.y = i
  if i < 10 then f.y = nil end
end
print(calls, into.x, into.y, rawget(f, "x"), rawget(f, "y"))

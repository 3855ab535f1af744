-- `#` after every way to store in a list, and to make holes in one: at the end, behind it, in the middle, by constructors,
-- table functions, rawset, metatables, weak tables, pairs that are cleared, and lists that move between the parts.
local function show(name, t) print(name, #t, table.getn(t), table.maxn(t)) end
local function list(n) local t = {} for i = 1, n do t[i] = i end return t end

-- Every size, and what `#` is after one more, one less, a hole anywhere, and the hole filled again.
for n = 0, 20 do
  local parts = {}
  local t = list(n)
  parts[#parts + 1] = #t
  t[n + 1] = true parts[#parts + 1] = #t
  t[n + 1] = nil parts[#parts + 1] = #t
  t[n + 2] = true parts[#parts + 1] = #t
  t[n + 1] = true parts[#parts + 1] = #t
  for hole = 1, n do
    local u = list(n)
    u[hole] = nil parts[#parts + 1] = #u
    u[n + 1] = 1 parts[#parts + 1] = #u
    u[hole] = 0 parts[#parts + 1] = #u
    u[#u] = nil parts[#parts + 1] = #u
    u[#u + 1] = 5 parts[#parts + 1] = #u
  end
  print(n, table.concat(parts, " "))
end

-- Constructors, of each size with a nil at each place, and what comes behind.
for n = 1, 12 do
  local parts = {}
  for hole = 0, n do
    local items = {}
    for i = 1, n do items[i] = i == hole and "nil" or tostring(i) end
    local t = loadstring("return { " .. table.concat(items, ", ") .. " }")()
    parts[#parts + 1] = #t
    t[#t + 1] = "x" parts[#parts + 1] = #t
    t[n + 1] = "y" parts[#parts + 1] = #t
  end
  print("constructor", n, table.concat(parts, " "))
end
for _, n in ipairs { 49, 50, 51, 99, 100, 101, 151 } do
  local items = {}
  for i = 1, n do items[i] = "1" end
  local t = loadstring("return { " .. table.concat(items, ", ") .. " }")()
  show("long " .. n, t)
  t[n] = nil show("shorter", t)
  items[n - 3] = "nil"
  show("hole", loadstring("return { " .. table.concat(items, ", ") .. " }")())
end
local function several(...) return ... end
show("open", { several(1, 2, 3) })
show("open nils", { several(1, nil, 3, nil) })
show("open behind", { 1, 2, several(nil, nil, 5) })
show("varargs", (function(...) return arg end)(1, 2, nil, 4))

-- Stacks that are emptied and filled again, queues, lists from the end.
local stack = {}
for round = 1, 6 do
  for i = 1, round * 3 do stack[#stack + 1] = i end
  io.write(#stack, " ")
  while #stack > 0 do stack[#stack] = nil end
  io.write(#stack, " ")
end
print()
local queue, head = {}, 1
for i = 1, 40 do
  queue[#queue + 1] = i
  if i % 3 == 0 then queue[head] = nil head = head + 1 end
  io.write(#queue, " ")
end
print()
local back = {}
for i = 20, 1, -1 do back[i] = i io.write(#back, " ") end
print()

-- table.insert, remove and sort; rawset; stores by metatables.
local t = list(7)
table.insert(t, "end") show("insert", t)
table.insert(t, 3, "in") show("insert in", t)
table.insert(t, 12, "far") show("insert far", t)
table.remove(t) show("remove", t)
table.remove(t, 1) show("remove first", t)
t = list(9)
while #t > 0 do table.remove(t) end
table.insert(t, 1) show("refilled", t)
t = list(6)
table.sort(t, function(a, b) return a > b end) show("sort", t)
t = list(6)
pcall(table.sort, t, function(a, b) t[6] = nil t[2] = nil return a and b and a < b end)
print(#t == 5 or #t == 1 or #t)
t = list(8)
rawset(t, 8, nil) rawset(t, 7, nil) show("rawset", t)
rawset(t, 7, 7) show("rawset back", t)
rawset(t, 3, nil) show("rawset hole", t)
t = setmetatable(list(5), { __newindex = function(t, k, v) rawset(t, k, v) end })
t[6] = 6 t[7] = 7 t[3] = nil t[3] = 3 show("__newindex", t)
local store = list(3)
t = setmetatable({}, { __newindex = store })
t[4] = 4 t[5] = 5 show("forwarded", store) show("kept", t)
t[2] = 22 t[9] = 9 show("forwarded on", store)
t = setmetatable(list(4), {}) t[5] = 5 t[6] = 6 t[6] = nil show("empty metatable", t)

-- While a table is traversed and cleared, and afterwards.
t = list(16)
for k in pairs(t) do if k % 5 == 0 then t[k] = nil end end show("every fifth", t)
for k in pairs(t) do t[k] = nil end show("cleared", t)
for i = 1, 5 do t[i] = i end show("again", t)

-- Values that move between the hash part and the array part.
t = { [1] = 1, [2] = 2, [3] = 3, x = 1 }
show("hash", t)
for i = 4, 9 do t[i] = i end show("moved", t)
t.y, t.z, t.w = 1, 2, 3 show("names", t)
t[5] = nil t.v = 4 t.u = 5 t.s = 6 t.r = 7 t.q = 8 show("rehashed", t)
t[5] = 5 t[10] = 10 show("filled", t)

-- Values that a collection removes.
t = setmetatable({}, { __mode = "v" })
for i = 1, 10 do t[i] = i % 4 == 0 and {} or i end
collectgarbage() collectgarbage()
show("weak", t)
t[4] = 4 t[8] = 8 show("weak filled", t) t[11] = 11 show("weak longer", t)
print(#table.concat(list(12)), select("#", unpack(list(11))))

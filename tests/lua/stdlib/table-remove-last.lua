-- table.remove of the last value: lists, lists with fields, holes, parts in nodes, empty ones, what is no list, and what is removed from while
-- something else looks.
local function show(t)
  local keys = {}
  for k, v in pairs(t) do keys[#keys + 1] = tostring(k) .. "=" .. tostring(v) end
  return #t .. ": " .. table.concat(keys, " ")
end
local function all(...) return select("#", ...), ... end
for n = 0, 10 do
  local t = {}
  for i = 1, n do t[i] = i * i end
  local out = {}
  for i = 1, n + 2 do out[#out + 1] = tostring((table.remove(t))) end
  print(n, table.concat(out, " "), show(t))
end
print(all(table.remove({})), all(table.remove({ 1 })), all(table.remove({ 1, 2 }, 1)), all(table.remove({ 1, 2 }, nil)))
local t = { 1, 2, 3, x = 1, y = 2 }
print(table.remove(t), show(t), table.remove(t), show(t), table.remove(t), show(t), table.remove(t), show(t))
t = { 1, 2, nil, 4 }
print(table.remove(t), show(t), table.remove(t), show(t), table.remove(t), show(t))
t = { 1, nil, 3 }
print(table.remove(t), show(t), table.remove(t), show(t))
t = { [1] = 1, [2] = 2, [3] = 3 }
print(table.remove(t), show(t), table.remove(t), show(t))
t = {}
for i = 1, 20 do t[i] = i end
t[10] = nil
print(table.remove(t), show(t))
for i = 21, 40 do t[i] = i end
print(table.remove(t), show(t))
t = { false, false, n = 3 }
print(table.remove(t), table.remove(t), table.remove(t), show(t))
t = setmetatable({ 1, 2 }, { __index = function() return 9 end, __newindex = function() error("set") end })
print(table.remove(t), table.remove(t), table.remove(t), rawget(t, 1))
print(pcall(table.remove), pcall(table.remove, 1), pcall(table.remove, "x"), pcall(table.remove, { 1 }, "x"))
t = { 1, 2, 3 }
table.remove(t)
local a, b = table.remove(t)
print(a, b, #t, ({ table.remove(t) })[1], #t)
local function last(list) return table.remove(list) end
print(last { 1, 2, "end" }, (last {}), all(last {}), all((last {})))

-- Stacks, queues of two stacks and free lists, hot, with objects while the collector is at work.
local stack, count, sum = {}, 0, 0
for i = 1, 60000 do
  if i % 5 < 3 then
    stack[#stack + 1] = i % 7 == 0 and { i } or i
  else
    local v = table.remove(stack)
    if type(v) == "table" then v = v[1] end
    sum = (sum + (v or 0)) % 1000003
  end
  if i % 1000 == 0 then
    while #stack > 0 do
      count = count + 1
      table.remove(stack)
    end
  end
end
print(count, sum, #stack)
local free, used, made = {}, {}, 0
for i = 1, 20000 do
  local o = table.remove(free)
  if not o then
    made = made + 1
    o = { id = made }
  end
  used[#used + 1] = o
  if #used > 30 then
    for j = 1, 20 do free[#free + 1] = table.remove(used, j % 3 == 0 and 1 or nil) end
  end
end
local ids = 0
for _, o in ipairs(used) do ids = ids + o.id end
print(made, #free, #used, ids)

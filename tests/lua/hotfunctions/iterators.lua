-- Generic `for` whose iterators are Lua functions, in loops that are hot.

local turns = 600

-- Iterators without a state of their own: what they are given is what they go by.
local function step(last, i)
  if i < last then return i + 1, i * i end
end
local sum = 0
for turn = 1, turns do
  for i, square in step, 5, 0 do sum = sum + i + square end
end
print("stateless", sum)

-- Fewer and more variables than results, fewer parameters than arguments.
local count, seen = 0, nil
local function three(state, i)
  if i == 3 then return nil end
  return i + 1, state, "third", "fourth"
end
for turn = 1, turns do
  for i in three, "s", 0 do count = count + i end
  for i, a, b, c, d in three, "s", 0 do seen = a .. b .. c .. tostring(d) end
end
print("variables", count, seen)
local n
local function down() n = n - 1 if n > 0 then return n end end
for turn = 1, turns do
  n = 4
  for i in down do count = count + i end
end
print("parameters", count)

-- Closures with variables of their own, and loops in them.
local function filter(list, wanted)
  local i = 0
  return function()
    while i < #list do
      i = i + 1
      if wanted(list[i]) then return i, list[i] end
    end
  end
end
local list = { 5, 2, 9, 4, 7, 6 }
sum = 0
for turn = 1, turns do
  for i, v in filter(list, function(v) return v % 2 == turn % 2 end) do sum = sum + i * v end
end
print("filter", sum)

-- Variables that are not numbers.
local nodes
for i = 1, 5 do nodes = { value = i, next = nodes } end
local function each(node)
  return function()
    local at = node
    if at then node = at.next return at end
  end
end
sum = 0
for turn = 1, turns do
  for node in each(nodes) do sum = sum + node.value end
  if turn % 50 == 0 then collectgarbage() end
end
print("list", sum)

-- Other iterators than the loop has seen before.
local function letters(s)
  return function(s, i) if i < #s then return i + 1, s:sub(i + 1, i + 1) end end, s, 0
end
local callable = setmetatable({}, { __call = function(self, state, i) if i < state then return i + 1, -i end end })
local function any(...) local state, i = ... if i < state then return i + 1, select("#", ...) end end
local out = {}
for turn = 1, turns do
  local text = ""
  local f, s, i
  if turn % 7 == 0 then f, s, i = pairs({ 4, 5 })
  elseif turn % 11 == 0 then f, s, i = letters("xy")
  elseif turn % 13 == 0 then f, s, i = callable, 2, 0
  elseif turn % 17 == 0 then f, s, i = any, 2, 0
  elseif turn % 19 == 0 then f, s, i = coroutine.wrap(function() for j = 1, 2 do coroutine.yield(j, "co") end end)
  else f, s, i = step, 2, 0 end
  for k, v in f, s, i do text = text .. tostring(k) .. tostring(v) end
  out[text] = (out[text] or 0) + 1
end
local texts = {}
for text, times in pairs(out) do texts[#texts + 1] = text .. " " .. times end
table.sort(texts)
print(table.concat(texts, "; "))

-- What ends with the call of another function, of Lua or not.
local function pass(state, i) return step(state, i) end
local t = { 10, 20, 30 }
local function by_next(state, key) return next(state, key) end
sum = 0
for turn = 1, turns do
  for i, v in pass, 4, 0 do sum = sum + v end
  for k, v in by_next, t do sum = sum + k * v end
end
print("tail", sum)

-- Errors in it, and what is told of them.
local function fails(state, i)
  if i == state.last then error("at " .. i) end
  return i + 1
end
local function run(last)
  local total = 0
  for i in fails, { last = last }, 0 do
    total = total + i
    if i == 10 then break end
  end
  return total
end
for turn = 1, turns do
  local last = turn == turns - 5 and 7 or 99
  local ok, what = pcall(run, last)
  if not ok then print("error", what) end
  sum = sum + (ok and what or 0)
end
print("errors", sum)
print(select(2, xpcall(function() return run(6) end, debug.traceback)))

-- Its name, and the loop's variables as debug.getlocal sees them in it.
local wanted = nil
local function looks(state, i)
  if i == wanted then
    local info = debug.getinfo(1, "nSl")
    print(info.name, info.namewhat, info.currentline, debug.getinfo(2, "l").currentline)
    print(debug.getlocal(2, 2), debug.getlocal(2, 4))
    print(debug.getlocal(2, 6))
  end
  if i < 5 then return i + 1 end
end
local function loop()
  local held = "held"
  local total = 0
  for i in looks, "state", 0 do total = total + i end
  return total, held
end
for turn = 1, turns do
  wanted = turn == turns and 3 or nil
  loop()
end

-- Loops in iterators of loops, and one that calls itself.
local function tree(depth)
  if depth == 0 then return { value = 1 } end
  return { value = depth, tree(depth - 1), tree(depth - 1) }
end
local function walk(node)
  local at, inner = 0, nil
  return function()
    if at == 0 then at = 1 return node.value end
    while at <= 2 do
      inner = inner or node[at] and walk(node[at])
      local value = inner and inner()
      if value then return value end
      at, inner = at + 1, nil
    end
  end
end
local root = tree(4)
sum = 0
for turn = 1, 60 do
  for value in walk(root) do sum = sum + value end
end
print("tree", sum)

-- Deep.
local depth = 0
local function deep(state, i)
  depth = depth + 1
  if i == 0 then return "end" end
  for j in deep, state, i - 1 do return j end
end
for turn = 1, 100 do
  for i in deep, 1, 50 do if i == "end" then break end end
end
print("deep", depth)

-- A hook that is set while the loop runs.
local lines, hooked = 0, false
local function hooks(last, i)
  if hooked and i == 4 then debug.sethook(function() lines = lines + 1 end, "l") end
  if i < last then return i + 1 end
  debug.sethook()
end
for turn = 1, turns do
  hooked = turn == turns
  for i in hooks, 8, 0 do
    sum = sum + i
  end
end
print("lines", lines, sum)

-- Copies of a function by dumping and loading it are functions of their own, however often the same chunk is loaded.
local function counter(step)
  local n = 0
  local function inner() return function(by) n = n + (by or step) return n, where end end
  return inner()
end

-- Upvalues: each copy has fresh ones.
local total = 10
local function add(x) total = (total or 0) + x return total end
local chunk = string.dump(add)
local first, second = loadstring(chunk), loadstring(chunk)
print(first ~= second, first ~= add, first(1), first(1), second(5), add(1))
print(debug.setupvalue(first, 1, 100), first(1), second(1), add(1))
print(string.dump(add) == chunk, string.dump(first) == chunk, string.dump(second) == chunk)

-- Environments: each its own, and that of the loader's thread at first.
local a, b = loadstring(string.dump(counter)), loadstring(string.dump(counter))
print(getfenv(a) == _G, getfenv(b) == _G)
setfenv(a, { where = "a" })
local in_a, in_b = a(2), b(3)
print(in_a(), in_a(), in_b(), in_b(10))
where = "globals"
print(in_a(), in_b(), (loadstring(string.dump(counter))(7))())
local thread = coroutine.create(function() return getfenv(loadstring(chunk)).name end)
debug.setfenv(thread, { name = "of the thread", getfenv = getfenv, loadstring = loadstring })
print(coroutine.resume(thread))

-- What is known about a copy, and where its errors are.
local function fails(t) local key = "k"
  return t.x[key]
end
for turn = 1, 3 do
  local copy = loadstring(string.dump(fails), "another name")
  local info = debug.getinfo(copy, "SlnLu")
  local lines = {}
  for line in pairs(debug.getinfo(copy, "L").activelines) do lines[#lines + 1] = line end
  table.sort(lines)
  print(info.short_src, info.linedefined, info.lastlinedefined, info.nups, info.what, table.concat(lines, " "))
  print(pcall(copy, {}))
  local events = {}
  debug.sethook(function(_, line) events[#events + 1] = line end, "l")
  pcall(copy, { x = {} })
  debug.sethook()
  print(turn, table.concat(events, " "))
end

-- Strings that are not the chunk: longer, shorter, changed; and the chunk in pieces.
print(pcall(loadstring(chunk .. "trailing"), 4))
print(loadstring(chunk:sub(1, -2), "=short"))
print(loadstring(chunk:sub(1, 20), "=short"))
print(loadstring("\27Lub" .. chunk:sub(5), "=changed"))
local changed = chunk:gsub("total", "other")
print(debug.getupvalue(loadstring(changed), 1), debug.getupvalue(loadstring(chunk), 1))
local function pieces(text, size)
  local at = 1 - size
  return function() at = at + size if at <= #text then return text:sub(at, at + size - 1) end end
end
for _, size in ipairs { 1, 7, #chunk, #chunk + 1 } do print(load(pieces(chunk, size))(size)) end

-- What was found sound is that string, not one that is like it; and what was refused stays refused.
local function shape(a, b) local t = { a, b, [a] = b } for k, v in pairs(t) do b = b + v end return b, #t end
local sound = string.dump(assert(loadstring("local t = { ... } for k, v in pairs(t) do t[k] = { v, v } end return #t", "=c")))
local stack_at = 12 + 8 + 3 + 4 + 4 + 4 -- behind header, name, lines and three counts: how many registers there are
local unsound = sound:sub(1, stack_at - 1) .. string.char(2) .. sound:sub(stack_at + 1)
for turn = 1, 3 do
  print(turn, loadstring(sound)(1, 2, 3), loadstring(unsound, "=unsound"))
  for i = 1, 20 do -- so many that none is remembered with its function
    local f = assert(loadstring(string.dump(assert(loadstring("local x = ... return x + " .. i)))))
    assert(f(turn) == turn + i)
  end
  collectgarbage()
  print(loadstring(sound .. "behind")(1, 2), loadstring("\27" .. unsound:sub(2), "=again"))
  print(loadstring(string.dump(shape))(turn, 2))
end

-- Copies outlive what they were copied from, and chunks outlive the functions.
local kept = {}
for i = 1, 200 do
  local f = assert(loadstring("local a = ... return function() return a, " .. i .. " end"))
  local text = string.dump(f)
  kept[i] = { text, loadstring(text) }
  if i % 20 == 0 then f = nil collectgarbage() end
end
local sum = 0
for i = 1, 200 do
  local x, y = kept[i][2](i)()
  local u, v = loadstring(kept[i][1])(i)()
  assert(x == i and y == i and u == i and v == i)
  sum = sum + x + y + u + v
end
collectgarbage()
for i = 1, 200 do
  kept[i][2] = nil
  if i % 50 == 0 then collectgarbage() end
  local f = loadstring(kept[i][1])
  local x, y = f(i)()
  sum = sum + x + y
end
print(sum)

-- Deep nesting is refused where it is by the same rule as the first time.
local text = "return 1"
for i = 1, 60 do text = "return function() " .. text .. " end" end
local deep = string.dump(assert(loadstring(text)))
local function at_depth(n)
  if n == 0 then return (loadstring(deep, "=deep")) ~= nil end
  return select(2, pcall(string.gsub, "x", "x", function() kept.found = at_depth(n - 1) end)) and kept.found
end
print(at_depth(0), at_depth(1), at_depth(0))

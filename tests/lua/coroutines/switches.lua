-- The same places of code resume and yield in turn to coroutines of every kind: any number of values both ways, by `resume` and by what
-- `wrap` returned, in statements, expressions, argument lists, metamethods and generic fors, with hooks and without.
local yield, wrap, create, resume = coroutine.yield, coroutine.wrap, coroutine.create, coroutine.resume

local function show(...)
  local n, t = select("#", ...), { ... }
  for i = 1, n do t[i] = tostring(t[i]) end
  return n .. "(" .. table.concat(t, " ") .. ")"
end

-- Yields i values at its i-th turn, and says what it was given.
local function giver(n)
  return function(...)
    local given = show(...)
    for i = 0, n do
      local values = {}
      for j = 1, i do values[j] = i * 10 + j end
      given = given .. show(yield(unpack(values, 1, i)))
    end
    return given
  end
end

-- One place for all: `resume` with some wanted, with all, with none.
for n = 0, 12 do
  local co = create(giver(n))
  for turn = 0, n + 1 do
    local values = {}
    for j = 1, turn do values[j] = -j end
    if turn % 4 == 0 then
      print(n, show(resume(co, unpack(values, 1, turn))))
    elseif turn % 4 == 1 then
      local ok, a, b = resume(co, turn)
      print(n, ok, a, b)
    elseif turn % 4 == 2 then
      local ok, a, b, c, d, e, f, g, h, i = resume(co)
      print(n, ok, a, b, c, d, e, f, g, h, i)
    else
      resume(co, unpack(values, 1, turn))
      local t = { resume(co, 1, 2) }
      print(n, #t, t[1], t[2])
    end
  end
  print(coroutine.status(co))
end

-- A generic for whose iterator is something else each time, in the middle of its loop too.
local function each(iterator, state, control)
  local text = ""
  for a, b, c in iterator, state, control do
    text = text .. show(a, b, c)
    if #text > 200 then break end
  end
  return text
end
local function count(n) return wrap(function(s, c) for i = 1, n do s, c = yield(i, s, c) end end) end
local function three(s, i) if i < 3 then return i + 1, s end end
local callable = setmetatable({}, { __call = function(_, s, i) if i < 2 then return i + 1, "called" end end })
for turn = 1, 3 do
  print(each(count(4), "s", 0))
  print(each(three, "s", 0))
  print(each(next, { 7 }))
  print(each(count(0)))
  print(each(callable, "s", 0))
  print(each(string.gmatch("a b", "%a")))
  print(each(count(3)))
  print(pcall(each, 5))
  print(pcall(each, wrap(function() yield(1) error("in the loop") end)))
  local gone = count(1)
  gone()
  gone()
  print(pcall(each, gone))
end
do
  local f = count(3)
  local text = ""
  for a in f do
    text = text .. a
    if a == 2 then debug.setupvalue(f, 1, 5) end -- nothing, where it cannot be changed
  end
  print(text)
end

-- What resumes is a metamethod's function itself.
local from = wrap(function(...) while true do yield(select("#", ...)) end end)
local object = setmetatable({}, { __index = from, __add = from, __concat = from, __eq = from, __call = from, __unm = from })
for turn = 1, 3 do
  print(object.x, object + 1, object .. "x", object(1, 2), -object, pcall(from), select("#", from()))
end

-- A call in the middle that is no call of Lua cannot be crossed, and the coroutine yields plainly again afterwards.
local crossing = wrap(function()
  yield(1)
  print(pcall(string.gsub, "x", "x", function() return "y" end))
  yield(2)
  print(pcall(table.foreach or print, { 1 }, function() end))
  return 3
end)
print(crossing(), crossing(), crossing())

-- Coroutines that resume each other, loops in each.
local function chain(depth)
  if depth == 0 then return wrap(function() for i = 1, 5 do yield(i) end end) end
  local source = chain(depth - 1)
  return wrap(function()
    for x in source do
      local sum = 0
      for i = 1, x do sum = sum + i end
      local k = 3
      while k > 0 do k = k - 1 sum = sum + 1 end
      yield(sum % 10)
    end
  end)
end
local text = ""
for x in chain(9) do text = text .. x end
print(text)

-- Hooks of one coroutine and of the one that resumes it, set between the switches.
local events = {}
local function hook(event) events[#events + 1] = event:sub(1, 1) end
local hooked = create(function() for i = 1, 6 do yield(i) end end)
for turn, mask in ipairs({ "", "cr", "c", "r", "", "cr" }) do
  debug.sethook(hooked, mask ~= "" and hook or nil, mask)
  resume(hooked)
  events[#events + 1] = "|"
end
debug.sethook(hooked)
print(table.concat(events))
events = {}
local looped = wrap(function() for i = 1, 4 do yield(i) end end)
for i in looped do
  if i == 2 then debug.sethook(hook, "cr") end
  if i == 3 then debug.sethook() end
end
print(table.concat(events))

-- More values than a handler takes, and a stack that has to grow for them.
local many = wrap(function(...)
  local n = select("#", ...)
  while true do n = select("#", yield(n, ...)) end
end)
local list = {}
for i = 1, 300 do list[i] = i end
for _, n in ipairs({ 0, 1, 6, 7, 8, 9, 100, 250, 251, 300, 0 }) do
  print(select("#", many(unpack(list, 1, n))), (many(unpack(list, 1, n))))
end

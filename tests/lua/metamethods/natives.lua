-- Metamethods that are native functions, and words that meet native ones, Lua ones and none in turn: cold and hot.

local function userdata(metamethods)
  local u = newproxy(true)
  for event, f in pairs(metamethods) do getmetatable(u)[event] = f end
  return u
end

local function lua_index(_, key) return "lua " .. key end
local function other_index(...) return select("#", ...) end
local unused = setmetatable({}, { __call = function(_, object, key) return "called " .. type(object) .. key end })

-- What one word reads of objects of every kind, one after the other.
local kinds = {
  setmetatable({}, { __index = rawget }), setmetatable({}, { __index = lua_index }),
  userdata({ __index = type }), userdata({ __index = lua_index }), userdata({ __index = other_index }),
  setmetatable({}, { __index = type }), setmetatable({ name = "own" }, { __index = type }),
  setmetatable({}, { __index = pcall }), userdata({ __index = pcall }), setmetatable({}, { __index = unused }),
  setmetatable({}, { __index = setmetatable({}, { __index = type }) }), setmetatable({}, { __index = {} }), {},
  userdata({ __index = {} }), userdata({ __index = { name = "class" } }), userdata({ __index = unused }),
}
local function read(object) return object.name end
local function method(object) return (object:name()) end
for round = 1, 3 do
  for i, object in ipairs(kinds) do print(round, i, read(object)) end
end
local counts = {}
for i = 1, 4000 do
  local value = read(kinds[i * 7 % #kinds + 1])
  counts[tostring(value)] = (counts[tostring(value)] or 0) + 1
end
for _, name in ipairs({ "nil", "table", "userdata", "lua name", "2", "own", "false", "class" }) do
  print(name, counts[name])
end
for _, object in ipairs(kinds) do
  local good, message = pcall(method, object)
  print(good, message)
end

-- Many turns with one kind, so that what the word remembers is right, and then not.
for _, object in ipairs({ kinds[3], kinds[4], kinds[1], kinds[3], kinds[6] }) do
  local last
  for _ = 1, 300 do last = read(object) end
  print(last)
end

-- Every other event.
local all = {
  __add = rawequal, __sub = select, __mul = rawequal, __div = rawequal, __mod = rawequal, __pow = rawequal, __unm = type,
  __concat = rawequal, __len = type, __eq = rawequal, __lt = rawequal, __le = rawequal, __newindex = rawequal, __call = type,
}
local a, b = userdata(all), userdata(all)
local function operate(a, b)
  a.field = 1
  a[1] = b
  return a + b, a * 2, 2 / b, a % b, a ^ a, -a, a .. "text", #a, a == b, a < b, a <= a, a > b, a(1), a()
end
for _ = 1, 2 do print(operate(a, b)) end
local first = { operate(a, b) }
for i = 1, 500 do
  local now = { operate(a, b) }
  for j = 1, #first do assert(now[j] == first[j], j) end
end
print(pcall(function() return a - b end))
print(pcall(function() return rawequal(1 - b, b) end))

-- Several results, none, and errors; results asked for in every number.
local m = { __call = select, __index = unpack, __newindex = error, __concat = error, __unm = tostring }
local many = userdata(m)
print(pcall(function() return many("#") end))
print(pcall(function() return many.field end))
print(pcall(function() many.field = 1 end))
print(pcall(function() return many .. "x" end))
print(pcall(function() return #-many > 10 end))
print((pcall(many, 1)))
getmetatable(many).__call = function(_, ...) return ... end
for i = 1, 100 do
  local x, y, z = many(i, i + 1)
  assert(x == i and y == i + 1 and z == nil and select("#", many()) == 0 and (many(i)) == i)
end

-- Iterators of every kind, by one loop.
local function iterate(f, s, c)
  local text = {}
  for k, v in f, s, c do
    text[#text + 1] = tostring(k) .. "=" .. tostring(v)
    if #text > 5 then break end
  end
  return table.concat(text, " ")
end
local list = { "x", "y", "z" }
local function down(_, i) if i > 1 then return i - 1, i end end
for round = 1, 80 do
  local results = {
    iterate(next, list), iterate(ipairs(list)), iterate(down, nil, 4), iterate(coroutine.wrap(function() coroutine.yield(1, 2) end)),
    iterate(string.gmatch("ab=cd", "(%a)(%a)")), iterate(setmetatable({}, { __call = function(_, s, i) return down(s, i) end }), nil, 3),
    iterate(select, "#", 1), iterate(rawget, { "u", "w" }, 1),
  }
  if round == 1 or round == 80 then for i, text in ipairs(results) do print(i, text) end end
end
print(pcall(iterate, 5))
print(pcall(iterate, rawget, 5, 1))

-- Hooks see them.
local events = {}
debug.sethook(function(event) events[#events + 1] = event:sub(1, 1) end, "cr")
local x = kinds[3].name
x = a + b
x = a(1)
debug.sethook()
print(table.concat(events))

-- Builtins where a metamethod is asked for: their results (none, one, many), their errors, what they call
-- in turn, and yields through them, in every instruction that may call a metamethod.

local function try(title, f, ...)
  local results = { pcall(f, ...) }
  for i = 1, 6 do
    local r = results[i]
    results[i] = (type(r) == "table" or type(r) == "userdata" or type(r) == "function") and type(r) or tostring(r)
  end
  print(title, unpack(results, 1, 6))
end

local function both(meta)
  local u = newproxy(true)
  for k, v in pairs(meta) do getmetatable(u)[k] = v end
  return { setmetatable({}, meta), u }
end

-- Reads.
for i, o in ipairs(both { __index = rawequal }) do try("index rawequal", function() return o.x, o[1], o[o], o.x == nil end) end
for i, o in ipairs(both { __index = type }) do try("index type", function() local k = "key" return o.x, o[k], o:x() end) end
for i, o in ipairs(both { __index = function() end }) do try("index none", function() return o.x, o[1] end) end
for i, o in ipairs(both { __index = math.max }) do try("index max", function() return o.x end) try("index max", function() return o[1] end) end
for i, o in ipairs(both { __index = error }) do try("index error", function() return o.x end) end
for i, o in ipairs(both { __index = next }) do try("index next", function() return o.x end) end
for i, o in ipairs(both { __index = rawget }) do try("index rawget", function() return o.absent, o[2] end) end
for i, o in ipairs(both { __index = unpack }) do try("index unpack", function() return o.absent, o[2] end) end
for i, o in ipairs(both { __index = pcall }) do try("index pcall", function() return o.x, o[print] end) end

-- Writes.
for i, o in ipairs(both { __newindex = rawset }) do try("newindex rawset", function() o.x = 1 o[2] = 3 o[true] = 4 return rawget(o, "x"), rawget(o, 2), o[true] end) end
for i, o in ipairs(both { __newindex = type }) do try("newindex type", function() o.x = 1 o[2] = 3 local k = {} o[k] = k return "fine" end) end
for i, o in ipairs(both { __newindex = error }) do try("newindex error", function() o.x = 1 end) end
for i, o in ipairs(both { __newindex = setmetatable }) do try("newindex setmetatable", function() o.x = 1 end) end

-- Arithmetic, concatenation, length, comparisons, calls.
for i, o in ipairs(both { __add = rawequal, __sub = select, __mul = type, __div = unpack, __mod = error, __pow = tostring, __unm = rawequal }) do
  try("arith", function() return o + o, o + 1, 1 + o, o * 2, -o end)
  try("arith select", function() return 1 - o end)
  try("arith select", function() return "#" - o end)
  try("arith select", function() return o - 1 end)
  try("arith error", function() return "text" % o end)
  try("arith error", function() return o % 1 end)
  try("arith unpack", function() return o / 1 end)
end
for i, o in ipairs(both { __concat = rawequal, __len = type }) do
  try("concat", function() return o .. o, o .. "x", 1 .. o end)
  try("len", function() return type(o) == "userdata" and #o or 0 end)
end
for i, o in ipairs(both { __lt = rawequal, __le = type, __eq = rawequal }) do
  local p = both(getmetatable(o))[i]
  setmetatable(type(p) == "table" and p or {}, getmetatable(o))
  debug.setmetatable(p, getmetatable(o))
  try("compare", function() return o < p, o <= p, o > p, o >= p, o == p, o ~= p, not (o < p) end)
  try("compare self", function() if o < o then return "less" else return "not less" end end)
end
for i, o in ipairs(both { __lt = print }) do
  getmetatable(o).__tostring = function() return "object" end
  try("compare print", function() if o < o then return "less" else return "not less" end end)
end
for i, o in ipairs(both { __call = select }) do try("call", function() return o(1, 2) end) end
for i, o in ipairs(both { __call = type }) do try("call", function() return o(1, 2), (o()) end) try("tail", function() return o() end) end
for i, o in ipairs(both { __call = rawequal }) do try("call", function() local t = { o(o), o(1) } return t[1], t[2] end) end
for i, o in ipairs(both { __call = pcall }) do try("call", function() return o() end) end

-- Through what else: iteration by __call, a chain of __index that ends in a builtin.
local steps = setmetatable({}, { __call = next })
try("for in", function() for k, v in steps, steps do return k end return "nothing" end)
local chain = setmetatable({}, { __index = setmetatable({}, { __index = setmetatable({}, { __index = rawequal }) }) })
try("chain", function() return chain.x, chain[1], chain:x() end)
local ends = newproxy(true)
getmetatable(ends).__index = setmetatable({}, { __index = type })
try("chain", function() return ends.x, ends[1] end)

-- Many times, so that stacks and heaps grow in the middle of it.
local sum = 0
local text = setmetatable({}, { __index = string.format })
for i = 1, 3000 do
  local ok, message = pcall(function() return text["%d"] end)
  sum = sum + (ok and 1 or #message) % 3
end
print(sum)
local function deep(n, u) if n == 0 then return u.x end local v = deep(n - 1, u) return v end
local typed = newproxy(true)
getmetatable(typed).__index = type
for _, n in ipairs { 1, 10, 100, 1000, 10000 } do print(n, deep(n, typed)) end

-- In coroutines, with an error in the middle.
local co = coroutine.wrap(function()
  for i = 1, 3 do coroutine.yield(typed.x, pcall(function() return (both { __index = error })[2].boom end)) end
  return "end"
end)
for i = 1, 4 do
  local a, b, c = co()
  print(a, b, type(c))
end

-- Calls with arguments up to the top, and returns of several values, by instructions that meet other functions and other numbers of
-- values each time.

local function show(title, ...)
  local out = { title, select("#", ...) }
  for i = 1, select("#", ...) do out[#out + 1] = tostring((select(i, ...))) end
  print(table.concat(out, " "))
end

local function none() end
local function one() return "a" end
local function two() return "a", "b" end
local function three() return "a", "b", "c" end
local function nils() return nil, nil, nil, nil end
local function sixteen() return 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 end
local function seventeen() return 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 end
local function many() return unpack({}, 1, 300) end
local function closing() local a, b = 1, 2 local function f() return a + b end return a, b, f() end
local function extra(...) return 1, ... end
local function computed(x) x = x or 1 return x + 1 end
local sources = { none, one, two, three, nils, sixteen, seventeen, many, closing, extra, computed }

local function zero_params() local a, b return a, b, "zero" end
local function one_param(x) local a return x, a, "one" end
local function three_params(x, y, z) local a, b, c, d, e return x, y, z, a, e end
local function vararg(...) return select("#", ...), (...) end
local function vararg_params(x, y, ...) local a return x, y, a, select("#", ...), (...) end
local function upvalue() local n = 0 return function(x) n = n + 1 return n, x end end
local callable = setmetatable({}, { __call = function(self, x, y) return "called", x, y end })
local sinks = {
  zero_params, one_param, three_params, vararg, vararg_params, upvalue(), upvalue(), select, type, callable, math.max, pcall, 12,
}

local function open(sink, source) return (sink(source())) end
local function open_all(sink, source) show("all", sink(source())) end
local function open_two(sink, source) local a, b, c = sink(1, source()) show("two", a, b, c) end
local function tail(sink, source) return sink(source()) end
local function tail_captured(sink, source) local c = 1 local function f() c = c + 1 return c end f() return sink(source()) end
local function tail_vararg(sink, source, ...) return sink(source(...)) end

local function try(title, f, ...)
  local t = { n = 0 }
  local function pack(...) t.n = select("#", ...) for i = 1, t.n do t[i] = select(i, ...) end end
  pack(pcall(f, ...))
  for i = 1, t.n do
    local v = t[i]
    t[i] = type(v) == "function" and "function" or type(v) == "string" and v:gsub("^.-:%d+: ", "") or v
  end
  if t.n > 20 then t.n = 20 end
  show(title, unpack(t, 1, t.n))
end

for i, sink in ipairs(sinks) do
  for j, source in ipairs(sources) do
    local title = i .. "/" .. j
    try(title .. " open", open, sink, source)
    try(title .. " all", open_all, sink, source)
    try(title .. " two", open_two, sink, source)
    try(title .. " tail", tail, sink, source)
    try(title .. " captured", tail_captured, sink, source)
    try(title .. " vararg", tail_vararg, sink, source, 1, 2, 3)
  end
end

-- As many results as are wanted, fewer and more.
for _, f in ipairs(sources) do
  f()
  local a = f()
  local b, c = f()
  local d, e, g, h, i = f()
  local t = { f(), f() }
  show("wanted", a, b, c, d, e, g, h, i, #t, (f()))
  local function pass() return f() end
  local function pass_one() return (f()) end
  local function pass_more() return 1, f() end
  show("passed", select("#", pass()), select("#", pass_one()), select("#", pass_more()))
end

-- Extra arguments: all, some, and more than there are.
local function extras(...)
  local a = ...
  local b, c, d = ...
  local t = { ... }
  local u = { ..., "last" }
  return a, b, c, d, #t, #u, select("#", ...), (...)
end
local function extras_behind(p, q, ...)
  local a, b = ...
  local t = { ... }
  return p, q, a, b, #t, select("#", ...)
end
for n = 0, 20 do
  local t = {}
  for i = 1, n do t[i] = i * 10 end
  show("extras " .. n, extras(unpack(t)))
  show("behind " .. n, extras_behind(unpack(t)))
end
show("none", extras_behind())
show("one", extras_behind(1))

-- Through coroutines, whose main function returns to no call.
for _, f in ipairs(sources) do
  if f ~= many then
    show("coroutine", coroutine.resume(coroutine.create(f)))
    show("wrap", coroutine.wrap(function(...) return f(...) end)(3))
  end
end
-- As metamethods: the first result, or nil.
for i, f in ipairs(sources) do
  local o = setmetatable({}, { __index = f, __add = f, __concat = f, __lt = f, __eq = f, __unm = f, __len = f, __call = f })
  if f ~= many and f ~= extra and f ~= computed then
    show("meta " .. i, o.x, o + 1, o .. "x", o < setmetatable({}, getmetatable(o)), -o, (o()))
  end
end

-- Generic loops whose iterator is no function: a table or userdata with `__call`, which gets itself, the state and the control variable.

local function proxy(f) local u = newproxy(true) getmetatable(u).__call = f return u end
local function steps(self, n, i) i = (i or 0) + 1 if i <= n then return i, i * 2, i * 3, i * 4 end end
local iterators = {
  setmetatable({}, { __call = steps }), proxy(steps),
  setmetatable({}, { __call = function(self) self.n = (self.n or 0) + 1 if self.n <= 3 then return self.n end self.n = nil end }),
  setmetatable({}, { __call = function(...) local n = select("#", ...) local t, s, i = ... if (i or 0) < 3 then return (i or 0) + 1, n, type(t), s end end }),
  setmetatable({}, { __call = function(self, s, i, extra) assert(extra == nil) local a, b, c, d, e, f, g if (i or 0) < 2 then return (i or 0) + 1, a, g end end }),
  setmetatable({}, { __call = function() end }),
}
for n, it in ipairs(iterators) do
  for round = 1, 3 do
    local out = {}
    for a in it, 4 do out[#out + 1] = tostring(a) end
    for a, b in it, 4, 1 do out[#out + 1] = a .. ":" .. tostring(b) end
    for a, b, c in it, 4 do local x, y, z = c, b, a out[#out + 1] = a .. tostring(x) .. tostring(y) end
    for a, b, c, d, e, f in it, 4 do out[#out + 1] = a .. tostring(d) .. tostring(e) .. tostring(f) if a == 2 then break end end
    if type(it) == "table" then it.n = nil end
    print(n, round, table.concat(out, " "))
  end
end

-- Builtins and objects behind `__call`; what cannot be called.
for k, v in setmetatable({ 1, 2, 3 }, { __call = function(t, s, k) return next(t, k) end }) do print("through", k, v) end
local function try(f, ...) print((tostring(select(2, pcall(f, ...))):gsub("0x%x+", "address"))) end
try(function() for a in setmetatable({}, { __call = iterators[1] }), 3 do print(a) end end)
try(function() local it = {} for a in it do print(a) end end)
try(function() for a in setmetatable({}, { __call = 12 }) do print(a) end end)
try(function() for a in proxy(nil) do print(a) end end)
try(function() for a in nil do print(a) end end)
try(function() for a in setmetatable({}, { __call = function(self, s, i) error("at " .. tostring(i)) end }), 1, "two" do print(a) end end)
try(function() for a in setmetatable({}, { __call = function(self, s, i) return self + i end }), 1, 2 do print(a) end end)

-- The iterator changes in the middle, by one instruction; closures keep its variables; yields, and hot loops.
do
  local function loop(it, s, i) local n = 0 for a, b in it, s, i do n = n + a + (tonumber(b) or 0) end return n end
  for round = 1, 20 do print(round, loop(iterators[1], 5), loop(next, { 1, 2, 3 }), loop(iterators[2], 4), loop(ipairs { 4, 5 })) end
  local gets = {}
  for a, b in iterators[1], 3 do gets[a] = function() b = b + 1 return b end end
  print(gets[1](), gets[1](), gets[3]())
  local co = coroutine.wrap(function() for a in setmetatable({}, { __call = function(self, s, i) i = i + 1 if i < 3 then return i end end }), nil, 0 do
    coroutine.yield("body " .. a) end return "end" end)
  for i = 1, 3 do print(co()) end
  local sum = 0
  for r = 1, 200 do for a, b in iterators[1], 9 do sum = sum + b end end
  print(sum)
  local function deep(n) for a in setmetatable({}, { __call = function(self, s, i) if n > 0 and not i then deep(n - 1) return 1 end end }) do sum = sum + a end return sum end
  print(deep(100))
  print(pcall(function() local it it = setmetatable({}, { __call = function() for a in it do end end }) for a in it do end end) == false)
end

-- return f(x): to itself, to functions of other sizes, to builtins, to what can be called; and what tracebacks tell of it.

local function down(n) if n == 0 then return "bottom" end return down(n - 1) end
print(down(100000))

-- Functions of very different needs.
local small, large, variable
function small(n, a) if n == 0 then return a end return large(n - 1, a + 1) end
function large(n, a)
  local b, c, d, e, f, g, h, i, j, k, l, m = a, a, a, a, a, a, a, a, a, a, a, a
  if n == 0 then return (b + c + d + e + f + g + h + i + j + k + l + m) / 12 end
  return variable(n - 1, a + 1, b, c, d)
end
function variable(n, ...) if n == 0 then return ... end return small(n - 1, ...) end
local sum = 0
for i = 1, 1500 do sum = sum + small(i % 30, i) + large(i % 17, 1) + select("#", variable(i % 3, 1, 2, 3)) end
print(sum, small(30000, 0), large(30001, 0))

-- To builtins and callable tables.
local called = setmetatable({}, { __call = function(self, a, b) return a * 2, b, self ~= nil end })
local ways = {
  function(n) return math.floor(n / 2) end, function(n) return math.max(n, 5, 3) end, function(n) return tostring(n) end, function(n) return select(2, n, n + 1, n + 2) end,
  function(n) return unpack({ n, n * 2, n * 3 }) end, function(n) return called(n, "b") end, function(n) return pcall(down, n % 5) end, function(n) return pcall(error, n) end,
  function(n) return ("x"):rep(n % 4) end, function(n) return string.format("%d:%s", n, "s") end, function(n) return next({ n }) end, function(n) return type(n) end,
  function(n) return rawget({ 5, 6 }, n % 3) end, function(n) return tonumber("0x" .. n) end, function(n) return (math.sqrt(n * n)) end, function(n) return assert(n, "no") end,
}
for k, f in ipairs(ways) do
  local function deeper(n, d) if d == 0 then return f(n) end return deeper(n, d - 1) end
  local text, numbers = 0, 0
  for i = 1, 300 do
    local a, b, c = deeper(i, i % 4)
    numbers = numbers + (tonumber(a) or 0) + (tonumber(b) or 0)
    text = text + #tostring(a) + #tostring(b) + #tostring(c)
  end
  print(k, numbers, text, deeper(7, 2))
end

-- What can be called changes.
local target = down
local function go(n) return target(n) end
local targets = { [500] = math.abs, [600] = called, [700] = function() end, [800] = function(...) return ... end, [850] = function(a, b) return b, a end, [900] = 5, [950] = false, [960] = down }
local out = {}
for i = 1, 1000 do
  if targets[i] ~= nil then target = targets[i] or nil end
  local ok, v = pcall(go, i % 20)
  if targets[i - 1] ~= nil or i == 1000 then out[#out + 1] = tostring(ok) .. " " .. tostring(v) end
end
print(table.concat(out, "; "))

-- Messages and tracebacks with calls that are gone.
local function fail(n, how) if n == 0 then if how == 1 then error("fails") elseif how == 2 then error("at level 2", 2) elseif how == 3 then return nil + 1 end return debug.traceback("trace") end return fail(n - 1, how) end
local function keeps(n, how) if n == 0 then return fail(3, how) end local v = keeps(n - 1, how) return v end
for i = 1, 1500 do fail(i % 5, 4) keeps(i % 3, 4) end
for how = 1, 4 do
  print(pcall(keeps, 2, how))
  print(xpcall(function() return keeps(2, how) end, debug.traceback))
  print(pcall(fail, 0, how))
end

-- Upvalues of a frame that is given up.
local function closing(n, f)
  local mine = n
  local function get() mine = mine + 1 return mine end
  if n == 0 then return f and f() or get(), get end
  return closing(n - 1, get)
end
sum = 0
for i = 1, 1000 do
  local a, get = closing(i % 6)
  sum = sum + a + get() + get()
end
print(sum)

-- Methods.
local C = {}
C.__index = C
local D = setmetatable({}, C)
D.__index = D
function C:step(n) self.steps = self.steps + 1 if n <= 0 then return self.steps, self end return self:step(n - 1) end
function D:step(n) self.own = self.own + 1 return C.step(self, n - 1) end
local o, p = setmetatable({ steps = 0 }, C), setmetatable({ steps = 0, own = 0 }, D)
for i = 1, 800 do o:step(i % 5) p:step(i % 7) end
print(o:step(10), p:step(10000), p.own)

-- In coroutines, where the last one yields.
local co = coroutine.wrap(function(n) local function loop(n, v) if n == 0 then return coroutine.yield(v) end return loop(n - 1, v + n) end while true do n = loop(n, 0) end end)
sum = 0
for i = 1, 1000 do sum = sum + co(i % 12) end
print(sum)

-- Builtins called by `return f(...)`, in functions that are called often: alone, in loops, for one result, several or none.

local floor, sqrt, max, byte, sub = math.floor, math.sqrt, math.max, string.byte, string.sub
local out = {}
local function put(...) for i = 1, select("#", ...) do out[#out + 1] = tostring((select(i, ...))) end end
local function told() local s = table.concat(out, " ") out = {} return s end

local function round(x) return floor(x + 0.5) end
local function length(x, y) return sqrt(x * x + y * y) end
local function larger(x, y) return max(x, y) end
local function code(s, i) return byte(s, i) end
local function char(s, i) return s:sub(i, i) end
local function kind(x) return type(x) end
local function size(s) return s:len() end
local function any(x, f) if x == 1 then return f(x) elseif x == 2 then return type(x) end return floor(x) end
local function deep(n) if n == 0 then return type(n) end return deep(n - 1) end
local function sum_to(n) if n <= 0 then return floor(0.5) end return n + sum_to(n - 1) end
local function choose(s, n) for i = 1, n do if byte(s, i) == 99 then return sub(s, i, i) end end return type(n) end

for turn = 1, 3 do
  local sum, names = 0, {}
  for i = 1, 900 do
    sum = sum + round(i / 7) + length(i, 3) + larger(i, 450)
    local a, b = round(i * 0.3)
    local c, d, e = code("some text", i % 9 + 1)
    if b ~= nil or d ~= nil or e ~= nil then put("wrong", i) end
    sum = sum + a + c + #char("some text", i % 9 + 1) + size("four")
    round(i) kind(i)
    names[i % 5 + 1] = kind(i % 2 == 0 and i or "text") .. deep(i % 4) .. char("abc", i % 3 + 1)
    local v = any(i % 4, math.abs)
    sum = sum + sum_to(i % 9) + (v == "number" and 7 or v)
    local all = { round(i), larger(1, i), kind(nil), code("abc", 2) }
    if #all ~= 4 then put("wrong", i) end
    sum = sum + select("#", round(i)) + select("#", kind(i)) + (round(larger(round(i / 2), 3)))
    if choose("abcdef", i % 7) ~= (i % 7 < 3 and "number" or "c") then put("wrong choice", i) end
  end
  print(turn, floor(sum), table.concat(names, ","))
end

-- Nothing, too much, and what fails; the messages name what was called.
local function try(f, ...) put(pcall(f, ...)) end
for turn = 1, 400 do
  if turn % 100 == 0 then
    try(round, {}) try(round) try(round, "x") try(length, 3, "4") try(larger, 1, nil) try(code, nil, 1) try(code, "abc", {}) try(code, "abc", 9)
    try(char, {}, 1) try(char, "abc", "2") try(char, 12345, 2) try(size, 5) try(size) try(kind) try(any, 1, kind) try(any, 1, nil) try(any, 1, error)
    try(any, "7") try(round, 0 / 0) try(round, 1e300) try(round, -0.5) try(code, 65, 1) try(code, "a", -1) try(code, "", 1) try(choose, 12399, 5)
    print(told())
  end
  round(turn) length(turn, 1) larger(turn, 2) code("abc", 1) char("abc", 2) size("abc") kind(turn) any(turn % 3, round) choose("c", 1)
end

-- What is called changes.
local f = floor
local function call(x) return f(x) end
local function method(o, x) return o:name(x) end
local o = { name = byte }
local news = { floor, math.ceil, math.abs, tostring, function(x) return x, x, x end, round, type, print and select, setmetatable({}, { __call = function(self, x) return "called" end }) }
for i = 1, 1800 do
  if i % 200 == 0 then f = news[i / 200] end
  local ok, a, b = pcall(call, i + 0.5)
  if i % 50 == 0 or not ok then put(i, a, b) end
  local s = setmetatable({ name = i % 3 == 0 and type or nil }, { __index = { name = tostring } })
  if i % 300 == 0 then put(pcall(method, s, i) and "fits", (pcall(method, "text", i))) end
end
print(told())

-- Coroutines, varargs, results passed on.
local function all(...) return select("#", ...) end
local function pass(...) return round(...) end
local co = coroutine.wrap(function() for i = 1, 500 do coroutine.yield(round(i / 3), code("abc", i % 3 + 1)) end return round(7.7) end)
local sum = 0
for i = 1, 500 do
  local a, b, c = co()
  sum = sum + a + b + all(round(i), kind(i)) + pass(i, 2, 3)
  if c ~= nil then put("wrong", i) end
end
print(sum, co())
-- By metamethods and iterators.
local T = setmetatable({}, { __index = function(t, k) return floor(k) end, __call = function(self, x) return type(x) end, __add = function(a, b) return max(2, 3) end,
  __lt = function(a, b) return byte("a") end, __concat = function(a, b) return sub("xyz", 2, 2) end, __eq = function(a, b) return type(a) end, __len = function() return 5 end })
local less = 0
for i = 1, 800 do
  if T[i + 0.5] ~= i or T(i) ~= "number" or T + 1 ~= 3 or T .. 1 ~= "y" or T .. "" ~= "y" then put("wrong", i) end
  if T < T then less = less + 1 end
end
print(less, told())
local step = function(s, i) if i < 5 then return floor(i + 1.5) end end
local turns = 0
for i = 1, 300 do for k in step, nil, 0 do turns = turns + k end end
print(turns)
-- A function that has closures made.
local function capture(x) local up = x local g = function() up = up + 1 return up end g() if up > 5 then return floor(up) end return type(g), g end
for i = 1, 600 do local a, b = capture(i % 12) sum = sum + (type(a) == "number" and a or #a) + (b and b() or 0) end
print(sum)

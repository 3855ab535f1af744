-- map, filter, fold over arrays with function arguments; sort of a functional style.
local scale = tonumber((...)) or 1

local function map(f, t) local r = {}; for i = 1, #t do r[i] = f(t[i]) end return r end
local function filter(f, t)
  local r, n = {}, 0
  for i = 1, #t do if f(t[i]) then n = n + 1; r[n] = t[i] end end
  return r
end
local function fold(f, acc, t) for i = 1, #t do acc = f(acc, t[i]) end return acc end
local function curry(f, a) return function(...) return f(a, ...) end end

local base = {}
for i = 1, 200 do base[i] = i end
local function add(a, b) return a + b end
local sum = 0
for i = 1, math.floor(12000 * scale) do
  local t = map(function(x) return x * 2 + i % 3 end, base)
  t = filter(function(x) return x % 3 ~= 0 end, t)
  t = map(curry(add, i), t)
  sum = sum + fold(add, 0, t) % 1000
end
print(string.format("%.14g", sum))

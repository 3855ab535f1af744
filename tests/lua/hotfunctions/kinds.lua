-- Arguments and results that become other kinds of values, after they have been numbers for long.

local M = {}
M.__index = function(t, k) return k == "n" and 1 or nil end
local function wrap(v) return setmetatable({ v = v }, M) end
local function value(a) return type(a) == "table" and rawget(a, "v") or a end
M.__add = function(a, b) return wrap(value(a) + value(b)) end
M.__sub = function(a, b) return wrap(value(a) - value(b)) end
M.__lt = function(a, b) return value(a) < value(b) end
M.__le = function(a, b) return value(a) <= value(b) end
M.__eq = function(a, b) return value(a) == value(b) end
M.__unm = function(a) return wrap(-value(a)) end
M.__concat = function(a, b) return value(a) .. "&" .. value(b) end
M.__call = function(self, a) return value(self) + (tonumber(a) or 0) end
M.__tostring = function(a) return "M(" .. tostring(value(a)) .. ")" end

local functions = {
  function(f, n, v) if n == 0 then return v end return f(f, n - 1, v) end,
  function(f, n, v) if n == 0 then return v end return f(f, n - 1, v) + v end,
  function(f, n, v) if n == 0 then return v end return f(f, n - 1, v + 1) end,
  function(f, n, v) if n <= 0 then return 0 end local a = f(f, n - 1, v) local b = f(f, n - 2, v) return a + b + v end,
  function(f, n, v) if n == 0 then return v end return -f(f, n - 1, v) end,
  function(f, n, v) if n == 0 then return v end if v == v then return f(f, n - 1, v) end return "not itself" end,
  function(f, n, v) if n == 0 then return v end if v < v then return "less" end return f(f, n - 1, v) end,
  function(f, n, v) if n == 0 then return v end if v <= v then return f(f, n - 1, v) end return "not equal" end,
  function(f, n, v) if n == 0 then return v end return v and f(f, n - 1, v) or v end,
  function(f, n, v) if n == 0 then return v end return f(f, n - 1, v) .. n end,
  function(f, n, v) if n == 0 then return v end return f(f, n - 1, v % 7) end,
  function(f, n, v) if n == 0 then return v end return 1 / f(f, n - 1, v) end,
  function(f, n, v) if n == 0 then return v * 0 end return f(f, n - 1, v) end,
  function(f, n, v) if n == 0 then return v end return math.floor(f(f, n - 1, v)) end,
  function(f, n, v) if n == 0 then return v end return f(f, n - 1, n % 2 == 0 and v or v - 1) end,
  function(f, n, v) if n == 0 then return v.n end return f(f, n - 1, v) end,
  function(f, n, v) if n == 0 then return v(1) end return f(f, n - 1, v) end,
  function(f, n, v) if n == 0 then return #v end return f(f, n - 1, v) end,
  function(f, n, v) if n == 0 then return v end for i = 1, v do if i > 3 then break end n = n - 0 end return f(f, n - 1, v) end,
  function(f, n, v) if n == 0 then local t = { v } return t[1], v end local a, b = f(f, n - 1, v) return b, a end,
}
-- What each has often, and then once.
local usual = { number = 3, fraction = 0.5 }
local zero = tonumber("0")
local values = { 1, -1, zero, -zero, 0.1, 2 ^ 31, -2 ^ 31, 2 ^ 53, 1e308, 1 / zero, -1 / zero, zero / zero, "12", "0x10", "text", "", wrap(2), wrap("x"), {}, true, false, print, math.abs, coroutine.create(function() end), newproxy() }
local function text(v) if type(v) == "number" then return v ~= v and "nan" or ("%.14g"):format(v) .. (v == 0 and 1 / v < 0 and "-" or "") end return type(v) == "table" and getmetatable(v) and tostring(v) or (type(v) == "string" or type(v) == "boolean" or v == nil) and tostring(v) or type(v) end
for k, f in ipairs(functions) do
  local list = {}
  for again = 1, 2 do
    local like = k == 18 and "text" or k == 16 and { n = 1 } or k == 17 and math.abs or 3
    for i = 1, 150 do f(f, i % 8, like) end
    for v = 1, #values + 1 do
      local ok, a, b = pcall(f, f, 4, values[v])
      list[#list + 1] = ok and text(a) or a:match(":%d+: (.*)")
      f(f, 3, like)
    end
  end
  local half = #list / 2
  for i = 1, half do if list[i] ~= list[i + half] then print("once so, once so", k, i, list[i], list[i + half]) end end
  print(k, table.concat(list, ", ", 1, half))
end

-- In the middle: the kind changes at some depth.
local function changes(n, v, at, w) if n == 0 then return v end if n == at then v = w end local r = changes(n - 1, v, at, w) return r end
local function sums(n, at, w) if n == 0 then return 0 end local r = sums(n - 1, at, w) return r + (n == at and w or n) end
for i = 1, 1500 do changes(i % 9, i) sums(i % 9) end
for v = 1, #values do
  local ok, a = pcall(changes, 8, 5, 3, values[v])
  local ok2, b = pcall(sums, 8, 3, values[v])
  io.write(text(a), " ", ok2 and text(b) or tostring(b):match(":%d+: .*"), "; ")
end
print()

-- Results of one function by turns of all kinds, to those that call it.
local results = { 1, "2", 0.5, "3.5", wrap(4) }
local turn = 0
local function source(n) if n > 0 then return source(n - 1) end turn = turn + 1 return results[turn % #results + 1] end
local function user(n) local a = source(n) return a + 1, a end
local sum = 0
for i = 1, 1500 do local r = user(i % 4) sum = sum + value(r) end
print(sum)

-- Negative zero and NaN pass unchanged.
local function pass(n, v) if n == 0 then return v end return pass(n - 1, v) end
local function kept(n, v) if n == 0 then return v end local r = kept(n - 1, v) return r end
local function negate(n, v) if n == 0 then return -v end local r = negate(n - 1, v) return -r end
local wrong = 0
for i = 1, 2000 do
  local z = i % 2 == 0 and zero or -zero
  if 1 / pass(i % 5, z) ~= 1 / z or 1 / kept(i % 5, z) ~= 1 / z or 1 / negate(i % 4, z) ~= (i % 4 % 2 == 0 and -1 or 1) / z then wrong = wrong + 1 end
  local nan = pass(i % 3, zero / zero)
  if nan == nan or kept(i % 3, nan) == nan then wrong = wrong + 1 end
end
print(wrong)

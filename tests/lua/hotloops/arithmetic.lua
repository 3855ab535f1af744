-- Arithmetic in hot loops: exact to the last bit, signs of zeros and what is no number included.

local inf, nan = math.huge, 0 / 0
local edges = {
  0, -0 * 1, 1, -1, 2, -2, 0.5, -0.5, 1.5, -1.5, 3, -3, 7, 10, -10, 16, 1024, 2^20, 2^31, -2^31, 2^32, 2^49, 2^50, 2^51, 2^52, 2^53, 2^53 + 2,
  -2^50, -2^53, 1e15, 1e16, 1e100, -1e100, 1e308, 4.9e-324, -4.9e-324, 2.2250738585072014e-308, 0.1, 1 / 3, -1 / 3, inf, -inf, nan,
  123456789, 987654321.125, 4294967295, 4294967296.5, 1125899906842623, 1125899906842624, 1125899906842625,
}
edges[2] = -edges[1]

local function bits(x)
  if x ~= x then return "nan" end
  if x == 0 then return 1 / x > 0 and "0" or "-0" end
  return string.format("%.17g", x)
end

-- Each operation over all pairs; what came out is hashed by its text.
local function over(name, op)
  local hash, texts = 0, {}
  for round = 1, 2 do
    for i = 1, #edges do
      local a = edges[i]
      for j = 1, #edges do
        local text = bits(op(a, edges[j]))
        for k = 1, #text do hash = (hash * 31 + text:byte(k)) % 4294967291 end
        if (i * 7 + j) % 97 == 0 and round == 1 then texts[#texts + 1] = text end
      end
    end
  end
  print(name, hash, table.concat(texts, " "))
end

over("add", function(a, b) return a + b end)
over("sub", function(a, b) return a - b end)
over("mul", function(a, b) return a * b end)
over("div", function(a, b) return a / b end)
over("mod", function(a, b) return a % b end)
over("pow", function(a, b) if a == a and b == b then return a ^ b end return 0 end)
over("unm", function(a, b) return -a end)
over("max", function(a, b) return math.max(a, b) end)
over("min", function(a, b) return math.min(a, b) end)
over("floor", function(a, b) return math.floor(a / 3) end)
over("ceil", function(a, b) return math.ceil(a / 3) end)
over("abs", function(a, b) return math.abs(a) end)
over("sqrt", function(a, b) return math.sqrt(a) end)
over("fmod", function(a, b) return math.fmod(a, b) end)
over("less", function(a, b) return a < b and 1 or 0 end)
over("less or equal", function(a, b) return a <= b and 1 or 0 end)
over("greater", function(a, b) return a > b and 1 or 0 end)
over("not less", function(a, b) return not (a < b) and 1 or 0 end)
over("equal", function(a, b) return a == b and 1 or 0 end)
over("different", function(a, b) return a ~= b and 1 or 0 end)

-- `%` by constants of each kind, as each loop has its own words: the divisor is part of the text.
local function by(divisor)
  local f = assert(loadstring([[
    local bits = ...
    local function run(from, to, step)
      local hash = 0
      for i = from, to, step do
        local r = i % ]] .. divisor .. [[

        if r ~= r then hash = hash * 3 + 1 elseif r == 0 then hash = hash * 3 + (1 / r > 0 and 2 or 3) else hash = hash * 3 + r end
        hash = hash - math.floor(hash / 1048573) * 1048573
      end
      return bits(hash)
    end
    return run(0, 1000, 1), run(-500, 500, 1), run(500, -500, -0.5), run(2^50 - 400, 2^50 + 400, 1), run(-2^50 - 400, -2^50 + 400, 1),
      run(2^53 - 800, 2^53 + 800, 2), run(1e15, 1e15 + 400, 0.125), run(-1e300, 1e300, 1e298), run(-1e-320, 1e-320, 1e-322)]]))
  print("% " .. divisor, f(bits))
end
for _, divisor in ipairs { "1", "2", "3", "7", "8", "10", "16", "100", "1024", "1000003", "2^20", "1048576", "0.5", "0.25", "1.5", "-1", "-2", "-3",
  "-0.5", "0", "-0", "(1/0)", "(-1/0)", "(0/0)", "1e300", "1125899906842623", "1125899906842624", "562949953421312", "4503599627370496", "1e-3",
  "0x7fffffff", "0x80000000", "4294967296", "3.0000000000000004" } do
  by(divisor)
end

-- Kinds of operands that change in the middle: strings count as numbers, tables do as they say.
local sum = 0
local t = setmetatable({}, { __add = function(a, b) return type(a) == "table" and b + 1000 or a + 1000 end, __unm = function() return 5 end,
  __mod = function(a, b) return 3 end })
local function step(x, i)
  return x + i
end
for i = 1, 2000 do
  local x = i
  if i % 700 == 0 then x = t elseif i % 300 == 0 then x = tostring(i) end
  sum = step(x, sum) % 1e9
  sum = sum + x % 7
  if i % 699 == 0 then sum = sum - -x end
end
print(bits(sum))

-- Results that are no numbers, and numbers again.
local seen, x = 0, 0
for i = 1, 3000 do
  x = x + 1
  if i % 500 == 0 then x = inf end
  if i % 500 == 1 then x = x - inf end
  if i % 500 == 5 then x = i end
  if x ~= x then seen = seen + 1 end
  local y = x * 0
  if y ~= y then seen = seen + 10000 end
end
print(seen, x)

-- Conversions of numbers to strings and back within.
local hash = 0
for i = 1, 1500 do
  local s = i / 8 .. ""
  hash = (hash + s * 16) % 65521
end
print(hash)

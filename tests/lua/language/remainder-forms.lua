-- Remainders by constants, registers and what the instruction before computed; of whole numbers, fractions, signed
-- zeros, infinities and NaN; against the rule a - floor(a/b)*b, written out.

local floor = math.floor
local function show(n) return string.format("%.17g", n) .. (n == 0 and (1 / n < 0 and "-" or "+") or "") end

local values = { 0, -0, 1, -1, 2, 3, 5, 6, 7, 10, 16, 17, 255, 256, 1000003, 2147483646, 2147483647, 2147483648,
  4294967295, 4294967296, 1e10, 1e15, 2^50 - 1, 2^50, 2^50 + 1, 2^52, 2^53 - 1, 2^53, 2^60, 1e300, 1 / 0, -1 / 0, 0 / 0,
  0.5, -0.5, 0.1, 2.5, 3.7, -3.7, 1e-300, 6.999999999999999, 7.000000000000001, 1125899906842623.5 }

-- By constants: of every kind that has an instruction of its own.
local by = {
  { 1, function(a) return a % 1 end, function(a) return (a + 0) % 1 end },
  { 2, function(a) return a % 2 end, function(a) return (a + 0) % 2 end },
  { 3, function(a) return a % 3 end, function(a) return (a + 0) % 3 end },
  { 7, function(a) return a % 7 end, function(a) return (a + 0) % 7 end },
  { 16, function(a) return a % 16 end, function(a) return (a + 0) % 16 end },
  { 1000, function(a) return a % 1000 end, function(a) return (a * 1) % 1000 end },
  { 65521, function(a) return a % 65521 end, function(a) return (a - 0) % 65521 end },
  { 2147483647, function(a) return a % 2147483647 end, function(a) return (a + 0) % 2147483647 end },
  { 4294967296, function(a) return a % 4294967296 end, function(a) return (a + 0) % 4294967296 end },
  { 2^50 - 1, function(a) return a % 1125899906842623 end, function(a) return (a + 0) % 1125899906842623 end },
  { 2^50 + 1, function(a) return a % 1125899906842625 end, function(a) return (a + 0) % 1125899906842625 end },
  { 0, function(a) return a % 0 end, function(a) return (a + 0) % 0 end },
  { 2.5, function(a) return a % 2.5 end, function(a) return (a + 0) % 2.5 end },
  { 1e300, function(a) return a % 1e300 end, function(a) return (a + 0) % 1e300 end },
  { -3, function(a) return a % -3 end, function(a) return (a + 0) % -3 end },
  { -4, function(a) return a % -4 end, function(a) return (a + 0) % -4 end },
}
for _, case in ipairs(by) do
  local b, plain, passed = case[1], case[2], case[3]
  local line = {}
  for i, a in ipairs(values) do
    for _, x in ipairs { a, -a } do
      local r = plain(x)
      line[#line + 1] = show(r)
      local again, of_register, of_sum = passed(x), x % b, (x + 0) % b
      if show(of_register) ~= show(r) then print("differ", x, b, show(r), show(of_register)) end
      if x ~= 0 and (show(again) ~= show(r) or show(of_sum) ~= show(r)) then print("differ", x, b) end
    end
  end
  print(b, table.concat(line, " "))
end

-- A constant dividend, both constant, the same register twice, the divisor just computed.
local function constant(b) return 10 % b, 2147483648 % b, -7 % b end
for _, b in ipairs { 1, 2, 3, 7, 2^31, 0.5, -2, 1e300, 1 / 0 } do print(b, constant(b)) end
print(7 % 3, -7 % 3, 7 % -3, 5 % 2.5)
for _, a in ipairs { 1, 2, 7, 2.5, -3 } do
  local b = a + 1
  print(a % a, (a + 1) % (a + 1), a % (a + 1), b % b)
end

-- Chains of remainders, as generators of random numbers have them.
local seed, sum = 42, 0
for i = 1, 20000 do
  seed = (seed * 16807) % 2147483647
  sum = (sum * 31 + seed) % 65521
  local bit = seed % 2
  sum = sum + bit - (sum + bit) % 3 + floor(seed / 7) % 10
end
print(seed, sum)

-- What is no number.
print("17" % 5, 17 % "5", ("0x11" + 0) % "5")
print(pcall(function(a) return a % 7 end))
print(pcall(function(a) return a % 8 end, {}))
print(pcall(function(a) local t = {}; return (a + 1) % t end, 1))
local object = setmetatable({}, { __mod = function(a, b) return type(a) .. "%" .. type(b) end })
print(object % 7, object % 8, 7 % object, object % object, (1 + 2) % object)

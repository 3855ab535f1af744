-- Numbers: their text, coercions, tonumber, arithmetic edges.
local T = dofile("support/show.lua")
local inf, nan = 1 / 0, 0 / 0
print(inf, -inf, nan, -nan, 0 / 0, -(0 / 0), inf - inf, inf * 0, 0, -0, 0 * -1, 1e308 * 10, -1e308 * 10, math.huge, -math.huge)
local zero = 0
print(-zero, 0 * -1, 1 / (-zero), 1 / (0 * -1), zero == -zero, -zero .. "")
print(tostring(nan), tostring(-nan), nan .. "", -nan .. "")
for _, v in ipairs { 1, 10, 100, 1e14, 1e15, 1e16, 123456789012345, 1234567890123456, 0.1, 0.2, 0.1 + 0.2, 1 / 3, 2 / 3, 1e-5, 1e-4, 123.456, 1e100,
  2 ^ 31, 2 ^ 32, 2 ^ 52, 2 ^ 53, 2 ^ 53 + 1, 2 ^ 63, 2 ^ 64, 2 ^ 1023, 2 ^ -1022, 2 ^ -1074, 2 ^ 1024, 5e-324, 1.7976931348623157e308, 99999999999999, 999999999999999,
  3.14159265358979, 100000.5, 0.5, 1.5e300, -1.5, -1e15, 4.9e-324, 12345678.9, 1e21, 1e22, 1e23, 0.30000000000000004, 9.995, 9.9999999999999995 } do
  io.write(tostring(v), " ", v .. "", " ", string.format("%.17g %d", v, v), "\n")
end
for _, s in ipairs { "10", "  10  ", "\t\n10\r\v\f", "10x", "", " ", "1e1", "1E+1", "0x10", "0X1p4", " 0x10 ", "0x", "-10", "- 10", "+10", "--10", "-0x10", "+0x1F", "inf", "nan", "Inf", "infinity",
  "1 2", "1.", ".1", ".", "1e", "1e+", "0x1.8", "0x.8", "1_0", "1,5", "０", "1\0", "\0001", "0b1", "1f", "1d", "1L", "1e400", "-1e400", "1e-400", "00", "0x0", "08", "0x1g",
  "123456789012345678901234567890", "0xfffffffffffffffff", "0.1e1", "e1", "1e1.5", "true", "nil", "5e", "0x1e", "0x1e+1", "nan(1)", "-nan", "-inf", "1e5 ", "1e5 x" } do
  local ok, sum = pcall(function() return s + 0 end)
  T.show("tonumber " .. string.format("%q", s), tonumber(s), ok and sum)
end
for base = 2, 36 do
  local digits = {}
  for _, s in ipairs { "10", "zz", "ZZ", "7f", "101", "-11", "1.1", " 11 ", "", "9", "0x11" } do digits[#digits + 1] = tostring(tonumber(s, base)) end
  print(base, table.concat(digits, " "))
end
T.show("big base", tonumber("ffffffff", 16), tonumber("fffffffff", 16), tonumber("ffffffffffffffff", 16), tonumber("fffffffffffffffff", 16), tonumber("-ffffffff", 16), tonumber("-1", 16), tonumber("1111111111111111111111111111111111111111111111111111111111111111", 2))
T.show("misc", tonumber(10), tonumber(nil), tonumber({}), tonumber(true), tonumber(print), tonumber("10", 10), tonumber(10, 16), tonumber("1e1", 10), tonumber(" 1 ", 10), tonumber("1e1", 15), tonumber("10", 16.9), tonumber("10", "8"))
T.try("none", tonumber) T.try("base 1", tonumber, "1", 1) T.try("base 37", tonumber, "1", 37) T.try("table base", tonumber, {}, 16) T.try("nil base", tonumber, nil, 16) T.try("base x", tonumber, "1", "x") T.try("bool", tonumber, true, 10)
T.try("base -1", tonumber, "1", -1) T.try("base 0", tonumber, "1", 0) T.try("2^32+10", tonumber, "11", 2 ^ 32 + 10)
-- concatenation of numbers
print(1 .. "", 1.5 .. "", -1 .. "", 2 ^ 53 .. "", 1e15 .. "", 1e14 .. "", 0.1 .. 0.2, 1 .. 2 == "12")
-- arithmetic with strings
print("10" + 1, "0x10" + 1, " 5 " * "2", -"3", "2" ^ "3", "7" % "4", 10 / "4", "1e1" - 1)
for _, s in ipairs { "a", "", " ", "1a", "{}" } do T.try("arith " .. s, function() return s + 1 end) T.try("neg " .. s, function() return -s end) end
-- modulo and power of odd operands
for _, p in ipairs { { 5, inf }, { -5, inf }, { 5, -inf }, { inf, 5 }, { nan, 5 }, { 5, nan }, { 5, 0 }, { 0, 5 }, { -0, 5 }, { 5.5, 0.1 }, { -1e-20, 5 }, { 1e20, 3 }, { 2 ^ 53, 10 }, { -2 ^ 53, 10 },
  { 6, 0.1 }, { 0.3, 0.1 }, { -6, 4 }, { 6, -4 }, { -6, -4 }, { 1e308, 1e-308 } } do
  print(p[1], p[2], p[1] % p[2], p[1] ^ p[2], p[1] / p[2], p[1] * p[2])
end
-- integers beyond 2^53, comparisons of close numbers
print(2 ^ 53 == 2 ^ 53 + 1, 2 ^ 53 - 1 == 2 ^ 53, 0.1 + 0.2 == 0.3, 0.5 + 0.5 == 1, 1e15 + 0.3 == 1e15 + 0.25, 100 == 1e2, 1 / 3 * 3 == 1)
-- numeric keys: floats with integer values are the same key
local t = {}
t[1.0] = "one" t[2 ^ 31] = "2^31" t[-1] = "minus" t[0.1] = "tenth" t[1e300] = "huge" t[inf] = "inf" t[-inf] = "-inf" t[2 ^ 53] = "2^53" t[1.5] = "1.5"
print(t[1], t[2147483648], t[-1], t[1 / 10], t[1e300], t[math.huge], t[-math.huge], t[9007199254740992], t[3 / 2], t["1"], t[1.0000000000001])
-- constants folded by the compiler equal values computed at run time
local function same(a, b) return a == b or (a ~= a and b ~= b) end
local two, three = 2, 3
assert(same(2 + 3, two + three) and same(2 - 3, two - three) and same(2 * 3, two * three) and same(2 / 3, two / three) and same(2 % 3, two % three) and same(2 ^ 3, two ^ three))
assert(same(1 / 0, two / 0) and same(0 / 0, zero / 0) and same(5 % 0, three % 0) and same(-(2), -two))
print(1 / 0, -1 / 0, 0 / 0, 5 % 0, -5 % 0, 2 ^ 1024, -2 ^ 1024)

-- Numbers as C's strtod, sprintf, rand and the processor make them: signs of zero and NaN, constants, tonumber, the
-- random sequence, for loops with odd steps, conversions to integers.
local eq = dofile("support/eq.lua")

-- the processor's NaN is negative; the sign is printed
eq(tostring(0 / 0), "-nan")
eq(tostring(-(0 / 0)), "nan")
local zero = 0
eq(tostring(zero / zero), "-nan")
eq(tostring(math.huge - math.huge), "-nan")
eq(tostring(tonumber("nan")), "nan")
-- 0 and -0 are one constant of a function: the first that is met stands for both
eq(table.concat({ loadstring "return tostring(0), tostring(-0)" () }, " "), "0 0")
eq((loadstring "local a, b = -0, 0 return tostring(a) .. ' ' .. tostring(b)")(), "-0 -0")
eq((loadstring "local a, b = 0, -0 return tostring(a) .. ' ' .. tostring(b)")(), "0 0")
-- the compiler folds constants, but neither divisions by zero nor what gives NaN
local function size(source) return #string.dump(loadstring(source, "=s"), true) end
eq(size "return 2 ^ 3 * 4", size "return 5")
eq(size "return 1 / 0" > size "return 5", true)
eq(size "return 5 % 0" > size "return 5", true)
eq(size "return -(0)", size "return 0")

-- 14 digits
eq(tostring(0.1 + 0.2), "0.3")
eq(tostring(1e15), "1e+15")
eq(tostring(123456789012345), "1.2345678901234e+14")
eq(tostring(2 ^ 53), "9.007199254741e+15")
eq(100000000000000 .. "", "1e+14")

-- tonumber and coercion read what strtod reads, hexadecimal, inf and nan with it; a literal is what the lexer takes for
-- one word and strtod reads whole
eq(tonumber("0x1p4"), 16)
eq(tonumber("0x.8"), 0.5)
eq(tonumber("inf"), math.huge)
eq(tonumber("-Infinity"), -math.huge)
eq("0x10" + 0, 16)
eq(tonumber(" \t\n10\v\f\r "), 10)
eq(tonumber("10\0x"), 10)
eq(tonumber("1e"), nil)
eq(tonumber("0x"), nil)
eq(tonumber("0b1"), nil)
eq(tonumber(""), nil)
eq(loadstring("return 0x1p4")(), 16)
eq(select(2, loadstring("return 0x.8", "=s")), "s:1: malformed number near '0x'")
eq(select(2, loadstring("return 0x1p+4", "=s")), "s:1: malformed number near '0x1p'")
eq(select(2, loadstring("return 3x", "=s")), "s:1: malformed number near '3x'")
eq(loadstring("return 0x10")(), 16)
eq(loadstring("return 3.e1")(), 30)
eq(select(2, loadstring("return 1..2", "=s")), "s:1: malformed number near '1..2'")
-- with a base it is strtoul: signs wrap, what is too large is the largest
eq(tonumber("-1", 16), 2 ^ 64)
eq(tonumber("ffffffffffffffffffff", 16), 2 ^ 64)
eq(tonumber("0x1f", 16), 31)
eq(tonumber("z", 36), 35)
eq(tonumber("8", 8), nil)
eq(tonumber("1.0", 10), 1)
eq(tonumber("1e1", 16), 481)
eq(tonumber(10, 16), 16)
eq(tonumber("  11  ", 2), 3)

-- math.random is rand() of the C library, one call a number
math.randomseed(42)
local a = { math.random(), math.random(10), math.random(5, 6) }
math.randomseed(42)
eq(a[1], math.random())
eq(a[2], math.random(10))
math.randomseed(42)
print(math.random(100), math.random(100), math.random())
eq(select(2, pcall(math.random, 0)), "bad argument #1 to '?' (interval is empty)")
eq(select(2, pcall(math.random, 2, 1)), "bad argument #2 to '?' (interval is empty)")
eq(select(2, pcall(math.random, 1, 2, 3)), "wrong number of arguments")
eq(math.random(3, 3), 3)

-- a numeric for with step 0 runs no time upwards and for ever when it starts above its limit
local n = 0
for i = 1, 2, 0 do n = n + 1 end
eq(n, 0)
for i = 2, 1, 0 do n = n + 1 if n == 10 then break end end
eq(n, 10)
for i = 1, 1, 0 do n = n + 1 if n == 20 then break end end
eq(n, 20)
-- strings that read as numbers serve as bounds; the variable counts numbers
for i = "1", "2" do n = type(i) end
eq(n, "number")
-- the step is added each time: rounding shows
n = 0
for i = 0, 1, 0.1 do n = n + 1 end
eq(n, 11)
n = 0
for i = 0, 0.3, 0.1 do n = n + 1 end
eq(n, 3)
for i = 1, 0 / 0 do n = 0 end
eq(n, 3)

-- arguments that are to be integers are cut toward zero (as the processor converts)
eq(("x"):rep(2.9), "xx")
eq(("abc"):sub(-1.9), "c")
eq(select("#", unpack({}, 1, 2.9)), 2)
eq(string.format("%d", 3.99), "3")
eq(string.format("%d", -3.99), "-3")
eq(("%5.1f|%-5d|%+d|%x"):format(2.25, 3, 4, 255), "  2.2|3    |+4|ff")
eq(string.char(65.9), "A")
eq(select(2.5, "a", "b"), "b")
-- modulo takes the divisor's sign: a - floor(a / b) * b, so an infinite divisor gives NaN
eq(-5 % 3, 1)
eq(5 % -3, -1)
eq(5.5 % 2, 1.5)
eq((tostring(5 % math.huge):gsub("-", "")), "nan")
eq((tostring(-5 % math.huge):gsub("-", "")), "nan")
eq((tostring(5 % 0):gsub("-", "")), "nan")
eq(math.pow(2, 0.5), 2 ^ 0.5)
eq(math.mod(-5, 3), -2)
eq(math.fmod(-5, 3), -2)
-- a literal is one word of letters and digits: a sign behind the e of a hexadecimal one begins another word
eq(loadstring("return 0x1e+1")(), 31)
-- `for` takes strings that read as numbers, and its variable is a number
do
  local seen = ""
  for i = "0x1", " 3 ", "1" do seen = seen .. i .. type(i) .. " " end
  eq(seen, "1number 2number 3number ")
  eq(select(2, pcall(loadstring("for i = 'x', 2 do end", "=f"))), "f:1: 'for' initial value must be a number")
end

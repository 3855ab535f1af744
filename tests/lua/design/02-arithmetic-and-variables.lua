-- Simple arithmetic and variables: locals, globals, every operator, on variables and constants.
local a, b = 7, 2
x, y = 10, 3
print(a + b, a - b, a * b, a / b, a % b, a ^ b, -a)
print(x + y, x - y, x * y, x / y, x % y, x ^ y, -x)
print(a + 1, 1 + a, a - 1, 1 - a, a * 3, 3 * a, a / 4, 4 / a, a % 4, 4 % a, a ^ 3, 3 ^ a)
print(a + x, x - a, (a + x) * (y - b) / 4)
assert(a + b == 9 and a - b == 5 and a * b == 14 and a / b == 3.5 and a % b == 1 and a ^ b == 49)
local c = a
a = a + 1
assert(c == 7 and a == 8)
a, b = b, a
assert(a == 2 and b == 8)
x, y, a = a, x, y
assert(x == 2 and y == 10 and a == 3)
local n
assert(n == nil)
n = "10"
print(n + 5, n * "2", "3" ^ 2, -n, n .. 5, 1 .. 2)
assert(n + 5 == 15 and -"2" == -2)
for _, p in ipairs { { 5, 3 }, { -5, 3 }, { 5, -3 }, { -5, -3 }, { 5.5, 2 }, { -5.5, 2 }, { 0, 3 }, { 1e15, 7 } } do
  print(p[1], p[2], p[1] % p[2], p[1] / p[2], p[1] ^ p[2])
  assert(p[1] % p[2] == p[1] - math.floor(p[1] / p[2]) * p[2])
end
print(1 / 0, -1 / 0, 0 / 0 ~= 0 / 0, 5 % 0 ~= 5 % 0, 0 ^ 0, 2 ^ 0.5, 2 ^ -1)
print(undefined_global)

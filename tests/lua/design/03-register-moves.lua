-- Register moves: values carried between locals, arguments, temporaries and results.
local function moves(a, b, c)
  local d, e, f = c, b, a
  a, b, c = d, e, f
  d = a; e = d; f = e
  return a, b, c, d, e, f
end
print(moves(1, 2, 3))
local function swap(a, b) a, b = b, a return a, b end
print(swap(1, "two"))
local function rotate(a, b, c, d) a, b, c, d = b, c, d, a return a, b, c, d end
print(rotate(1, 2, 3, 4))
local a, b, c = 1
print(a, b, c)
local d, e = 1, 2, 3
print(d, e)
a = {}
local i = 1
i, a[i] = i + 1, 20
assert(i == 2 and a[1] == 20 and a[2] == nil)
local t = { 1, 2, 3 }
t[1], t[2], t[3] = t[3], t[1], t[2]
print(t[1], t[2], t[3])
local function last(...) local x, y, z = ... return z, y, x end
print(last(1, 2, 3, 4))
print((last(1, 2, 3)))
local function pass(x) return x end
local p, q, r = pass(1), pass(2), pass(3)
assert(p == 1 and q == 2 and r == 3)
do
  local x = p
  do
    local x = x + 10
    assert(x == 11)
    x = x + 1
  end
  assert(x == 1)
end
-- a move of every primitive type
local v1, v2, v3, v4, v5 = nil, true, false, 1.5, "s"
local w1, w2, w3, w4, w5 = v1, v2, v3, v4, v5
print(w1, w2, w3, w4, w5)
local x1, x2 = w5, w4 w5, w4 = x2, x1
print(w4, w5, x1, x2)

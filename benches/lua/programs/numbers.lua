-- Numbers of other kinds: big integers, fractions, matrices and polynomials as objects with every arithmetic and comparing metamethod.
local scale = tonumber((...)) or 1
local floor = math.floor

local BASE, WIDTH = 1e6, 6
local Big = {}
Big.__index = Big
local function trim(a)
  while #a > 1 and a[#a] == 0 do a[#a] = nil end
  if #a == 1 and a[1] == 0 then a.sign = 1 end
  return a
end
local function big(v)
  if getmetatable(v) == Big then return v end
  local a = setmetatable({ sign = 1 }, Big)
  if type(v) == "string" then
    local minus, digits = v:match("^(-?)(%d+)$")
    for i = #digits, 1, -WIDTH do a[#a + 1] = tonumber(digits:sub(math.max(1, i - WIDTH + 1), i)) end
    if minus == "-" then a.sign = -1 end
    return trim(a)
  end
  if v < 0 then a.sign, v = -1, -v end
  repeat
    a[#a + 1] = v % BASE
    v = floor(v / BASE)
  until v == 0
  return a
end
local function compare(a, b)
  if #a ~= #b then return #a < #b and -1 or 1 end
  for i = #a, 1, -1 do
    if a[i] ~= b[i] then return a[i] < b[i] and -1 or 1 end
  end
  return 0
end
local function plus(a, b, sign)
  local r, carry = setmetatable({ sign = sign }, Big), 0
  for i = 1, math.max(#a, #b) do
    local s = (a[i] or 0) + (b[i] or 0) + carry
    if s >= BASE then r[i], carry = s - BASE, 1 else r[i], carry = s, 0 end
  end
  if carry > 0 then r[#r + 1] = carry end
  return r
end
local function minus(a, b, sign)
  local r, borrow = setmetatable({ sign = sign }, Big), 0
  for i = 1, #a do
    local s = a[i] - (b[i] or 0) - borrow
    if s < 0 then r[i], borrow = s + BASE, 1 else r[i], borrow = s, 0 end
  end
  return trim(r)
end
function Big.__unm(a)
  local r = setmetatable({ sign = -a.sign }, Big)
  for i = 1, #a do r[i] = a[i] end
  return trim(r)
end
function Big.__add(a, b)
  a, b = big(a), big(b)
  if a.sign == b.sign then return plus(a, b, a.sign) end
  if compare(a, b) >= 0 then return minus(a, b, a.sign) end
  return minus(b, a, b.sign)
end
function Big.__sub(a, b) return a + -big(b) end
function Big.__mul(a, b)
  a, b = big(a), big(b)
  local r = setmetatable({ sign = a.sign * b.sign }, Big)
  for i = 1, #a + #b do r[i] = 0 end
  for i = 1, #a do
    local carry, x = 0, a[i]
    for j = 1, #b do
      local s = r[i + j - 1] + x * b[j] + carry
      carry = floor(s / BASE)
      r[i + j - 1] = s - carry * BASE
    end
    r[i + #b] = r[i + #b] + carry
  end
  return trim(r)
end
local function divide(a, k) -- by a small number
  local r, rest = setmetatable({ sign = a.sign }, Big), 0
  for i = #a, 1, -1 do
    local v = rest * BASE + a[i]
    r[i] = floor(v / k)
    rest = v - r[i] * k
  end
  return trim(r), rest
end
function Big.__div(a, k) return (divide(a, k)) end
function Big.__mod(a, k) local _, rest = divide(a, k) return rest end
function Big.__pow(a, n)
  local r = big(1)
  while n > 0 do
    if n % 2 == 1 then r = r * a end
    n = floor(n / 2)
    if n > 0 then a = a * a end
  end
  return r
end
function Big.__eq(a, b) return a.sign == b.sign and compare(a, b) == 0 end
function Big.__lt(a, b)
  if a.sign ~= b.sign then return a.sign < b.sign end
  return compare(a, b) * a.sign < 0
end
function Big.__le(a, b) return not (b < a) end
function Big.__tostring(a)
  local parts = { a.sign < 0 and "-" or "", ("%d"):format(a[#a]) }
  for i = #a - 1, 1, -1 do parts[#parts + 1] = ("%06d"):format(a[i]) end
  return table.concat(parts)
end
function Big.__concat(a, b) return tostring(a) .. tostring(b) end

local Fraction = {}
Fraction.__index = function(f, k)
  if k == "value" then return rawget(f, 1) / rawget(f, 2) end
  return Fraction[k]
end
Fraction.__newindex = function(f, k) error("a fraction has no field " .. tostring(k), 2) end
local function gcd(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end
local function fraction(n, d)
  if d < 0 then n, d = -n, -d end
  local g = gcd(n < 0 and -n or n, d)
  return setmetatable({ n / g, d / g }, Fraction)
end
Fraction.__add = function(a, b) return fraction(a[1] * b[2] + b[1] * a[2], a[2] * b[2]) end
Fraction.__sub = function(a, b) return fraction(a[1] * b[2] - b[1] * a[2], a[2] * b[2]) end
Fraction.__mul = function(a, b) return fraction(a[1] * b[1], a[2] * b[2]) end
Fraction.__div = function(a, b) return fraction(a[1] * b[2], a[2] * b[1]) end
Fraction.__eq = function(a, b) return a[1] == b[1] and a[2] == b[2] end
Fraction.__lt = function(a, b) return a[1] * b[2] < b[1] * a[2] end
Fraction.__le = function(a, b) return a[1] * b[2] <= b[1] * a[2] end
Fraction.__concat = function(a, b)
  if getmetatable(a) == Fraction then a = ("%d/%d"):format(a[1], a[2]) end
  if getmetatable(b) == Fraction then b = ("%d/%d"):format(b[1], b[2]) end
  return a .. b
end

-- A matrix in one list: m(i, j) reads, m[i] is a row that reads and writes through.
local Matrix, Row = {}, {}
Row.__index = function(row, j) return row.of.items[row.base + j] end
Row.__newindex = function(row, j, v) row.of.items[row.base + j] = v end
Matrix.__index = function(m, k)
  if type(k) == "number" then return setmetatable({ of = m, base = (k - 1) * m.n }, Row) end
  return Matrix[k]
end
Matrix.__call = function(m, i, j) return m.items[(i - 1) * m.n + j] end
function Matrix.new(n, f)
  local m = setmetatable({ n = n, items = {} }, Matrix)
  for i = 1, n do
    local row = m[i]
    for j = 1, n do row[j] = f(i, j) end
  end
  return m
end
Matrix.__mul = function(a, b)
  return Matrix.new(a.n, function(i, j)
    local sum = 0
    for k = 1, a.n do sum = sum + a(i, k) * b(k, j) end
    return sum
  end)
end
Matrix.__eq = function(a, b)
  for i = 1, #a.items do
    if a.items[i] ~= b.items[i] then return false end
  end
  return true
end

local Polynomial = {}
Polynomial.__index = function() return 0 end
Polynomial.__add = function(p, q)
  local r = setmetatable({}, Polynomial)
  for i = 1, math.max(#p, #q) do r[i] = p[i] + q[i] end
  return r
end
Polynomial.__mul = function(p, q)
  local r = setmetatable({}, Polynomial)
  for i = 1, #p do
    for j = 1, #q do r[i + j - 1] = r[i + j - 1] + p[i] * q[j] end
  end
  return r
end
Polynomial.__call = function(p, x)
  local y = 0
  for i = #p, 1, -1 do y = y * x + p[i] end
  return y
end

local digits, bigs, values = 0, 0, 0
for round = 1, floor(600 * scale + 0.5) do
  local f, a, b = big(1), big(0), big(1)
  for i = 2, 60 do f = f * i end
  for i = 1, 200 do a, b = b, a + b end
  local p = big(round + 2) ^ 40 - big("123456789012345678901234567890")
  if a < f then bigs = bigs + 1 end
  if a <= b and not (b <= a) and a ~= f then bigs = bigs + 1 end
  assert((f + a) - a == f)
  digits = digits + #(f .. "," .. -a .. "," .. p) + p % 97 + f / 7 % 11

  local sum, largest = fraction(0, 1), fraction(0, 1)
  for i = 1, 150 do
    local x = fraction(i % 7 - 3, i % 9 + 1)
    sum = sum + x * fraction(1, i % 4 + 1) - x / fraction(i % 3 + 1, 2)
    if largest <= x then largest = x end
    if sum < largest or sum == x then values = values + 1 end
  end
  digits = digits + #("sum " .. sum .. " of " .. largest)
  if sum.value > 0 or pcall(function() sum.other = 1 end) then values = values + 1 end

  local m = Matrix.new(12, function(i, j) return (i * j + round) % 10 end)
  local unit = Matrix.new(12, function(i, j) return i == j and 1 or 0 end)
  assert(m * unit == m and unit * m == m)
  values = values + (m * m)(3, 4)

  local q = setmetatable({ 1, round % 5 }, Polynomial)
  local r = q
  for i = 1, 12 do r = r * q + q end
  values = values + r(2) % 1000
end
print(("%d %d %d"):format(digits, bigs, values))

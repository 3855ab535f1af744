-- The remainder over operands of every size: registers and constants, whole numbers up to and above 2^53, fractions,
-- both signs, zeros, infinities, NaN. Printed to the last digit, or summed up where there are many.
local big, inf = 2^53, 1/0

local function show(x)
  if x ~= x then return "nan" end
  if x == 0 then return 1 / x > 0 and "0" or "-0" end
  return string.format("%.17g", x)
end

local edges = { 0, -0, 1, -1, 2, 3, 7, 10, 0.5, -0.5, 1.5, 1e-300, -1e-300, 5e-324, 2^31 - 1, 2^31, 2^32 - 1, 2^32 + 1, 2^49,
  2^50 - 1, 2^50, 2^50 + 1, 2^51 - 1, 2^51, 2^51 + 0.5, 2^52 - 1, 2^52, big - 1, big, big + 2, 2^62, 2^63, 2^64, 1e300,
  inf, -inf, 0/0, 1/3, 1e15 + 0.3, 6 - 2^-50, 3 - 2^-51, 999983, 1000003 }
for _, x in ipairs(edges) do
  local row = {}
  for _, y in ipairs(edges) do
    row[#row + 1] = show(x % y)
    row[#row + 1] = show(-x % y)
    row[#row + 1] = show(x % -y)
  end
  print(show(x), table.concat(row, " "))
end

local function constants(x)
  return table.concat({ show(x % 1), show(x % 2), show(x % 3), show(x % 7), show(x % 64), show(x % 1000003),
    show(x % 4503599627370496), show(x % 1125899906842623), show(x % 1125899906842624), show(x % 0.1), show(x % -7),
    show(x % 0), show(7 % x), show(-7 % x), show(8 % x) }, " ")
end
for _, x in ipairs(edges) do print(constants(x)); print(constants(-x)) end

-- What is next to a multiple, where a quotient is nearest to another whole number; then any numbers.
local seed, sum = 42, {}
local function random()
  seed = (seed * 16807) % 2147483647
  return seed
end
for bits = 1, 54 do
  local hash = 0
  for _ = 1, 300 do
    local y = math.floor(random() / 2147483647 * 2^(bits / 2)) + 1
    local q = math.floor(random() / 2147483647 * 2^(bits / 2))
    for d = -1, 1 do
      local x = y * q + d
      local r, s = x % y, -x % y
      hash = (hash * 31 + r * 7 + s) % 281474976710597
      local z = x + random() / 2147483647
      hash = (hash * 31 + math.floor(z % y * 1024)) % 281474976710597
    end
  end
  sum[#sum + 1] = show(hash)
end
print(table.concat(sum, " "))

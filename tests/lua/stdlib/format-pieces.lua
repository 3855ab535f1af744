-- `string.format` where pieces of any length meet: text between directives, numbers, strings and padding of 0 to 20 bytes, and results
-- around the length that is put together without asking for memory.

local function text(n) return ("abcdefghijklmnopqrstuvwxyz"):rep(12):sub(1, n) end

local sum, lines = 0, 0
local function show(s)
  for i = 1, #s do sum = (sum * 31 + s:byte(i)) % 2 ^ 40 end
  lines = lines + 1
end

-- Literals, strings and what follows them.
for before = 0, 20 do
  for inside = 0, 20 do
    local s = string.format(text(before) .. "%s" .. text(20 - before) .. "%d", text(inside), inside * 1000)
    assert(s == text(before) .. text(inside) .. text(20 - before) .. inside * 1000)
    show(s)
  end
end

-- Numbers of every length, with every flag.
local directives = { "%d", "%i", "%5d", "%-5d", "%05d", "%+d", "% d", "%+06d", "%20d", "%-20d", "%020d", "%.3d", "%12.7d" }
for digits = 1, 18 do
  for _, n in ipairs { 10 ^ (digits - 1), 10 ^ digits - 1, 5 * 10 ^ (digits - 1) } do
    for _, d in ipairs(directives) do
      show(string.format("<" .. d .. ">", n))
      show(string.format("<" .. d .. ">", -n))
      show(string.format(d .. d, n, -n))
    end
    for _, d in ipairs { "%u", "%x", "%X", "%o", "%8x", "%08X", "%-12o|", "%#x", "%#o", "%.10x" } do
      show(string.format("[" .. d .. "]", n))
      show(string.format(d .. "." .. d, n, n / 2))
    end
  end
end
print(sum, lines)
for _, n in ipairs { 0, -0, 2 ^ 31, -2 ^ 31, 2 ^ 53, -2 ^ 53, 2 ^ 62, -2 ^ 63, 2 ^ 63 } do
  print(string.format("%d|%x|%X|%o|%u", n, n, n, n, n))
  print(string.format("%30d|%-30x|%030X|%30o|%-30u|", n, n, n, n, n))
end

-- Bytes, among them NUL.
for byte = 0, 255 do
  show(string.format("%c", byte))
  show(string.format("a%cb%c%cc", byte, byte, byte))
  show(string.format("%s%c", "seven..", byte))
end
print(sum, lines)

-- Signs of percent, quotes, and widths.
print(string.format("%%"), string.format("100%%%%"), string.format("%d%%%s%%", 5, "x"))
for width = 1, 40 do
  show(string.format("%" .. width .. "s|%-" .. width .. "s|", "abc", "defg"))
  show(string.format("%" .. width .. "d|%-" .. width .. "d|%0" .. width .. "d", 12, 34, -56))
  show(string.format("%." .. width .. "s|", text(20)))
  show(string.format("%q", text(width) .. "\n\\\"\0\r" .. text(width)))
end
print(sum, lines)

-- Numbers with so many digits that they are told apart, in either case of letters.
for _, n in ipairs { 0, 1, 0.1, 1 / 3, 2 / 3, 1e15, 1e16, 1e17, 123456789.123456789, 9.9999999999999995, 99999999999999995, 1e22, 1e23, 1e-4, 1e-5,
  1e-10, 1e-11, 5e-324, 1.7976931348623157e308, 2 ^ 53, 2 ^ 53 + 2, 2 ^ 64, 2 ^ -30, 2 ^ 100, 4.35, 0.3, 1e100, 12345.25, 0.5, 1 / 0 } do
  for _, d in ipairs { "%.15g", "%.16g", "%.17g", "%.17G", "%.15e", "%.16e", "%.16E", "%25.17g|", "%-25.16g|", "%+.17g", "%025.16e", "%#.17g", "%G", "%E", "%.3G" } do
    print(d, string.format(d, n), string.format(d, -n))
  end
end
local told = 0
for i = 1, 3000 do
  local n = math.sin(i) * 10 ^ (i % 40 - 20)
  if tonumber(string.format("%.17g", n)) == n then told = told + 1 end
  show(string.format("%.17g %.16g %.17e %.16G", n, n, n, n))
end
print(told, sum, lines)

-- Around the lengths that are collected without asking for memory, each kind of piece as the one that no longer fits.
local function around(from, to)
  local len = from - 1
  return function()
    len = len + 1
    if len <= to then return len, text(200):rep(10):sub(1, len) end
  end
end
for _, most in ipairs { 256, 512, 1024 } do for len, head in around(most - 26, most + 14) do
  for _, s in ipairs {
    string.format("%s%d", head, 1234567), string.format("%s%5d|%-9d|", head, 12, 12), string.format("%s%s%s", head, "abc", text(39)),
    string.format("%s%c%c", head, 65, 66), string.format("%s%%%x", head, 2 ^ 40), string.format("%s%20d%s", head, 1, text(9)),
    string.format("%s%.14g %f", head, 0.1, 0.1), string.format("%s%q", head, "a\nb"),
  } do
    show(s)
    assert(s:sub(1, len) == head)
  end
end end
print(sum, lines)

-- The same by `gsub`.
for _, most in ipairs { 256, 512, 1024 } do for len, s in around(most - 16, most + 4) do
  show((s:gsub("a", "")))
  show((s:gsub("b", "x")))
  show((s:gsub("c", "<%0>")))
  show((s:gsub("[xyz]", { x = 1.5, y = "why" })))
  show((s:gsub("", "-")))
end end
print(sum, lines)

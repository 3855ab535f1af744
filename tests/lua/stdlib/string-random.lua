-- string: random directives, positions, patterns and replacements, the same on every run.
local seed = 12345
local function random(n) seed = (seed * 16807) % 2147483647 return seed % n end
local function pick(t) return t[random(#t) + 1] end
local function shown(v) return (tostring(v):gsub("%z", "\\0")) end

local numbers = { 0, -0, 1, -1, 0.5, -2.5, 123456789, 2 ^ 31, -2 ^ 31, 2 ^ 32, 2 ^ 53, 2 ^ 63, -2 ^ 63, 2 ^ 64, 1e300, -1e300, 1 / 0, -1 / 0, 3.14159265, 1e-5, 255, 65, 99.995, 1e15, 123456.789, 0.1, 5e-324 }
local strings = { "", "a", "hello", "a\0b", ("x"):rep(99), ("x"):rep(100), ("ab"):rep(80), "\r\n\\\"\0", "12", "0x10", " 7 ", "\252" }
local letters = { "d", "i", "u", "o", "x", "X", "e", "E", "f", "g", "G", "c", "s", "q", "%", "y", "", "a", "p", "5", "." }

for _ = 1, 8000 do
  local directive = "%"
  for _ = 1, random(4) do directive = directive .. pick { "-", "+", " ", "#", "0" } end
  if random(3) == 0 then directive = directive .. random(120) end
  if random(3) == 0 then directive = directive .. "." .. pick { "", "0", "1", "5", "14", "20", "99", "100" } end
  directive = directive .. pick(letters)
  local value = random(2) == 0 and pick(numbers) or pick(strings)
  local ok, result = pcall(string.format, "<" .. directive .. ">", value)
  print(directive, ok, shown(result))
end

local firsts = { 0, 1, 2, 3, -1, -2, 5, 50, 99, 100, -100, -99, -101, 1e300, -1e300, 2 ^ 31, 2 ^ 32 + 1, -2 ^ 31, 1.9, -1.9, "2", 0 / 0 }
for _ = 1, 4000 do
  local s, i, j = pick(strings), pick(firsts), pick(firsts)
  print(shown(s:sub(i, j)), shown(s:sub(i)), table.concat({ s:byte(i, j) }, ","), s:find("x", i, true), s:find("b", i), shown(s:match(".-$", i)), shown(s:upper() .. s:lower() .. s:reverse()))
end

for _ = 1, 4000 do
  local s = ("ab"):rep(random(4)) .. ("c"):rep(random(60)) .. ("aab"):rep(random(50)) .. pick { "", "abd", "x\0y" }
  local needle = pick { "a", "ab", "aa", "abd", "ba", "caa", "x\0y", "", "\0y", ("aab"):rep(20), ("c"):rep(40) }
  print(s:find(needle, random(30) - 5, true))
end

local patterns = { "%w", "(%w)(%w)", "", "x*", "^a", "a", "a+", "%.", "()", "%s*$", "(.)%1", "[^%w]+", "[^%w]", "%f[%w]%w+", "%b()", "l+", "(h)(e)(l)", "^", "$", ".", ".+", "%", "[", "(", "%1" }
local replacements = { "", "-", "%0", "%1", "%2", "%%", "%", "<%1%0>", 5, 1.5, "%x", { a = "A", x = 1, l = false, h = {} }, function(a, b) return b or a end, function() end, function(x) return #x end, function() return {} end }
local subjects = { "", "a", "hello (world)", "aabbcc", "x y  z ", "(a(b)c)", "a\0b", ("xy"):rep(50), "^a$" }
for _ = 1, 8000 do
  local s, p, with, limit = pick(subjects), pick(patterns), pick(replacements), pick { false, 0, 1, 2, -1, 100, "1" }
  local ok, result, count
  if limit then ok, result, count = pcall(string.gsub, s, p, with, limit) else ok, result, count = pcall(string.gsub, s, p, with) end
  print(ok, shown(result), count)
  local found = {}
  local _, message = pcall(function() for a, b in s:gmatch(p) do found[#found + 1] = tostring(a) .. tostring(b) end end)
  print(shown(table.concat(found, ",")), message)
end

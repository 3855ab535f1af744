-- Numbers under a locale: the lexer reads points always, texts have the locale's own decimal point.
local point = string.format("%.1f", 0.5):sub(2, 2)
print("decimal point", point)
-- literals: the lexer tries the locale's point when C does not know the other
print(1.5, .25, 3., 1e2, 1.5e-3, 0x10, 100.125)
print(loadstring("return 1.5")() == 3 / 2, loadstring("return 1,5")())
for _, s in ipairs { "1..2", "1.5.5", "1.5x", "1,5x", ".", "3.e", "1e+", "0x1.8" } do print(s, loadstring("return " .. s, "=s")) end
-- chunks compiled under the locale are the same
local code = loadstring("local a = 1.5 return a + .25", "=c")
print(#string.dump(code), code())
-- to text
print(tostring(1.5), 1.5 .. "", 0.1 + 0.2, 1 / 3, -2.5, 1e100, 2 ^ 53, 1e-7, 100)
print(string.format("%f %g %e %.3f %5.1f|%d %s %q", 1.5, 1.5, 1.5, 2 / 3, 1.25, 3, 1.5, "1.5"))
io.write(1.5, " ", 2, "\n")
print(table.concat({ 1.5, 2, 2.5 }, ";"))
assert(tostring(1.5) == "1" .. point .. "5" and 1.5 .. "" == "1" .. point .. "5")
-- from text
for _, s in ipairs { "1.5", "1,5", " 1,5 ", "1.", "1,", ".5", ",5", "1,5e3", "1.5e3", "0x1p4", "0x1,8p0", "0x1.8p0", "1,5,5", "1 ,5", "inf", "nan", "1e5", "-1,5", "+1,5" } do
  local ok, sum = pcall(function() return s + 1 end)
  print(s, tonumber(s), ok, ok and sum, tonumber(s, 10))
end
assert(tonumber("1" .. point .. "5") == 1.5)
if point ~= "." then assert(tonumber("1.5") == nil) end
for _, s in ipairs { "1.5", "1,5" } do print(s, pcall(function() for i = s, 3 do io.write(i, " ") end end)) end
print(pcall(string.rep, "x", "2" .. point .. "9"), pcall(math.floor, "2" .. point .. "5"), math.max(1.5, 2.5))
-- reading
local name = os.tmpname()
local f = io.open(name, "w") f:write("1,5 2.5 3\n,5 .5 1e1\n") f:close()
f = io.open(name)
for i = 1, 10 do
  local n = f:read("*n")
  io.write(tostring(n), "|")
  if not n then io.write("<", tostring(f:read(1)), ">") end
end
f:close()
os.remove(name)
print()
-- only one category
print(os.setlocale(nil, "numeric"), os.setlocale("C", "numeric"))
print(1.5, tonumber("1.5"), tonumber("1,5"), string.format("%.2f", 0.25), loadstring("return 2.5")())
print(os.setlocale(os.getenv "LOCALE", "numeric"))
print(1.5, tonumber("1.5"), tonumber("1,5"), loadstring("return 2.5")())
-- constants that were compiled before and after are the same
print(loadstring(string.dump(loadstring("return 0.1, 1e300, -2.5")))())
-- arithmetic in all its ways is the same
local sum = 0
for i = 0.5, 3, 0.25 do sum = sum + i end
print(sum, 7.5 % 2, 2 ^ 0.5, -7.5 % 2)

-- `tonumber` of one argument, called so often that each kind has been met before: short texts of every form, long ones, other values.

local texts = {
  "0", "1", "-1", "+1", "--1", "-", "+", "", " ", "12", "  12  ", "\t12\n", "12a", "a12", "-0", "0.5", "-0.5", ".5", "-.5", "5.", "-5.", ".",
  "-.", "1..2", "1.2.3", "1.5e3", "1e", "1e+", "1e5", "-1e-5", "1E5", "0x10", "-0x10", "0x", "0xg", "0x1p4", "1,5", "1_000", "inf", "-inf",
  "nan", "infinite", "123456789012345", "1234567890123456", "12345678901234567", "-123456789012345", "-1234567890123456",
  "0.1", "0.2", "0.3", "1.1", "3.14159265358979", "-3.14159265358979", "3.141592653589793", "123456.789012345", "1234567.89012345",
  "000000000000001", "0000000000000001", "00000000000000.1", "0.00000000000001", "0.000000000000001", "99999999999999.9", "999999999999999",
  "9007199254740993", "1\0", "\0001", "1.5\0x", "- 1", "1 2", "१", "1\1602", "5e-324", "1e308", "1e309", "-1e309",
  (" "):rep(60) .. "7", ("0"):rep(60) .. "7", ("9"):rep(60), "0." .. ("3"):rep(60), ("x"):rep(60), "12" .. (" "):rep(60),
}
local function shown(v)
  if v == 0 and 1 / v < 0 then return "-0" end
  return type(v) == "number" and string.format("%.17g", v) or tostring(v)
end
local function read(text)
  local last
  for i = 1, 100 do last = tonumber(text) end
  return last
end
for i, text in ipairs(texts) do print(i, (shown(read(text)):gsub("^-?nan$", "nan"))) end

-- Every short decimal is the number that the compiler reads.
local different = 0
for whole = 0, 120, 7 do
  for digits = 0, 9 do
    for _, fraction in ipairs { "", ".", ".0", ".5", ".25", ".125", ".07", ".999", ".3333333333" } do
      local text = whole .. ("1"):rep(digits) .. fraction
      local n = tonumber(text)
      if n ~= loadstring("return " .. text)() or tonumber("-" .. text) ~= -n or text + 0 ~= n then different = different + 1 end
    end
  end
end
print(different)

-- Values that are no text, and results where none or several are wanted.
for _, v in ipairs { true, false, {}, print, 7, 7.5 } do print(type(v), type(read(v))) end
print(read(nil), pcall(tonumber))
print(select("#", tonumber("5")), select("#", tonumber("x")), (tonumber("5")))
local a, b = tonumber("5")
print(a, b)
tonumber("5")
tonumber("x")
print(tonumber("10", 2), tonumber("10", 10), tonumber("10", nil), tonumber("x", nil), tonumber(10, 8), pcall(tonumber, {}, 8))
local sum = 0
for i = 1, 300 do sum = sum + (tonumber(i .. ".5") or 0) + (tonumber("x" .. i) or 1) + (tonumber({}) or 2) end
print(sum)

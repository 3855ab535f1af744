-- Precedence and associativity of every operator, and short circuit with every kind of operand.
local function check(text, expected)
  local v = assert(loadstring("return " .. text))()
  print(text, v)
  assert(v == expected, text)
end
check("2 + 3 * 4", 14) check("(2 + 3) * 4", 20) check("2 ^ 3 ^ 2", 512) check("-2 ^ 2", -4) check("2 ^ -2", 0.25)
check("-2 ^ -2", -0.25) check("not nil == true", true) check("not (1 == 2)", true) check("not 1 == 2", false)
check("1 .. 2 .. 3", "123") check("1 + 1 .. ''", "2") check("'a' .. 1 + 2", "a3") check("2 * 3 % 4", 2) check("7 % 4 * 2", 6)
check("10 - 3 - 2", 5) check("100 / 10 / 2", 5) check("1 < 2 == true", true) check("'a' < 'b' and 'b' < 'c'", true)
check("1 or error()", 1) check("nil and error()", nil) check("false or nil", nil) check("nil or false", false)
check("1 and 2", 2) check("1 and nil or 3", 3) check("false and 1 or 2", 2) check("1 and 2 or 3", 2)
check("nil and 1 or nil and 2 or 5", 5) check("(1 or 2) and 3", 3) check("1 or 2 and 3", 1)
check("#'abc' + 1", 4) check("-#'abc'", -3) check("not #''", false) check("(#{1,2,3}) ^ 2", 9) check("2 ^ #{1,2}", 4)
check("- - 2", 2) check("not not nil", false) check("-'2' + 1", -1) check("'10' / '2'", 5) check("'0x10' + 0", 16)
check("1 == 1.0", true) check("'1' == 1", false) check("0 == -0", true) check("1 ~= 2", true)
check("'abc' < 'abd'", true) check("'' < 'a'", true) check("'a' < 'B'", false) check("'Z' < 'a'", true) check("'a\\0b' < 'a\\0c'", true)
check("'a\\0' > 'a'", true) check("1 <= 1", true) check("2 >= 3", false)
check("5 % 3 ^ 2", 5) check("2 * 3 .. 4 * 5", "620") check("1 .. 2 == '12'", true) check("3 - -3", 6) check("3 - - 3", 6)
check("2 ^ 2 ^ 0", 2) check("1 / 2 ^ 2", 0.25) check("-1 % 5", 4) check("-(1 % 5)", -1) check("- 3 .. ''", "-3")

-- every truth table, by variables, constants and comparisons, in value and in test position
local values = { nil, false, true, 0, "" }
local names = { "nil", "false", "true", "0", "''" }
for i = 1, 5 do
  local row = {}
  for j = 1, 5 do
    local a, b = values[i], values[j]
    row[#row + 1] = tostring(a and b) .. "/" .. tostring(a or b) .. "/" .. tostring(not a and b) .. "/" .. tostring(a and not b)
    local ka = loadstring("return " .. names[i] .. " and " .. names[j])()
    local ko = loadstring("return " .. names[i] .. " or " .. names[j])()
    assert(ka == (a and b) and ko == (a or b))
    local branch = loadstring("local a, b = ... if a and b then return 1 elseif a or b then return 2 else return 3 end")(a, b)
    local kbranch = loadstring("if " .. names[i] .. " and " .. names[j] .. " then return 1 elseif " .. names[i] .. " or " ..
      names[j] .. " then return 2 else return 3 end")()
    assert(branch == kbranch)
    row[#row + 1] = branch
  end
  print(names[i], table.concat(row, " "))
end
-- comparisons as values, mixed with and/or
for a = 1, 3 do
  for b = 1, 3 do
    print(a, b, a < b, a <= b, a > b, a >= b, a == b, a ~= b, a < b and a or b, a > b and "gt" or a == b and "eq" or "lt",
      not (a < b), not (a == b), (a < b) == (b > a), a < 2 or b < 2, 2 < a and 2 < b, 2 == a or b == 2)
  end
end
local nan = 0 / 0
print(nan == nan, nan ~= nan, nan < nan, nan <= nan, nan > 1, nan < 1, not (nan < 1), 1 < nan or "no")
local x = nan
if x < 1 then print("lt") else print("not lt") end
if not (x < 1) then print("not lt") else print("lt") end
if x >= 1 then print("ge") else print("not ge") end
while not (x < 1) do print("once") break end
-- short circuit does not evaluate
local n = 0
local function bump() n = n + 1 return true end
local _ = false and bump() _ = true or bump() _ = nil and bump() or bump()
assert(n == 1)
-- long chains
local function chain(a, b, c, d) return a and b or c and d or not a and not b and "none" end
for i = 0, 15 do
  local function bit(k) return math.floor(i / 2 ^ k) % 2 == 1 end
  io.write(tostring(chain(bit(0), bit(1), bit(2), bit(3))), " ")
end
print()

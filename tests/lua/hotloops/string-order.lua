-- Strings ordered in hot loops: equal, alike at their beginnings, with NULs, long ones, constants, and what is no string.

local words = {
  "", "\0", "\0\0", "a", "a\0", "a\0b", "b", "ab", "abc", "abcdefg", "abcdefgh", "abcdefghi", "abcdefgh\0", "abcdefgi", "\255", "\127", "\128a",
  "prefix1", "prefix12", "prefix123", "prefix124", "Prefix", ("y"):rep(40), ("y"):rep(41), ("y"):rep(300), ("y"):rep(299) .. "z", "10", "9",
}
local function count(list, n)
  local less, not_less, at_most, more, at_least, equal = 0, 0, 0, 0, 0, 0
  for i = 1, n do
    local a, b = list[i % #list + 1], list[i * 7 % #list + 1]
    if a < b then less = less + 1 end
    if not (a < b) then not_less = not_less + 1 end
    if a <= b then at_most = at_most + 1 end
    if a > b then more = more + 1 end
    if a >= b then at_least = at_least + 1 end
    if a == b then equal = equal + 1 end
  end
  return less, not_less, at_most, more, at_least, equal
end
for round = 1, 3 do print(count(words, 3000)) end

-- Each with each, by functions that are called often.
local function lt(a, b) return a < b end
local function le(a, b) return a <= b end
local function least(a, b) if a < b then return a end return b end
local function sign(a, b) return a < b and -1 or a > b and 1 or 0 end
for round = 1, 3 do
  local sum = 0
  for i = 1, #words do
    for k = 1, #words do
      local a, b = words[i], words[k]
      sum = (sum * 5 + (lt(a, b) and 1 or 0) + (le(a, b) and 2 or 0) + #least(a, b) + sign(a, b)) % 1000003
      if lt(a, b) == le(b, a) or sign(a, b) ~= -sign(b, a) then print("wrong", i, k) end
    end
  end
  print(sum)
end

-- Beside constants.
local function kinds(list, n)
  local digits, upper, lower, others, ends = 0, 0, 0, 0, 0
  for i = 1, n do
    local s = list[i % #list + 1]
    local c = s:sub(1, 1)
    if c >= "0" and c <= "9" then digits = digits + 1
    elseif "A" <= c and "Z" >= c then upper = upper + 1
    elseif c > "`" and c < "{" then lower = lower + 1
    else others = others + 1 end
    if s < "" then print("never") elseif s <= "" then ends = ends + 1 elseif s > ("y"):rep(41) then ends = ends + 1000 end
    if s < "a string that is much longer than forty bytes, for sure" then ends = ends + 3 end
    if "prefix12" < s then ends = ends + 7 end
  end
  return digits, upper, lower, others, ends
end
for round = 1, 3 do print(kinds(words, 1500)) end

-- Loops that end by an order, and sort.
local function first_above(list, bound)
  local i = 0
  repeat i = i + 1 until i == #list or list[i] > bound
  return i
end
local sum = 0
for i = 1, 2000 do sum = sum + first_above(words, words[i % #words + 1]) end
print(sum)
local sorted = {}
for i = 1, #words do
  local at = #sorted
  while at > 0 and sorted[at] > words[i] do sorted[at + 1] = sorted[at] at = at - 1 end
  sorted[at + 1] = words[i]
end
for i = 2, #sorted do if sorted[i] < sorted[i - 1] then print("not sorted", i) end end
table.sort(words)
for i = 1, #words do if words[i] ~= sorted[i] then print("other order", i) end end
local times = 0
for i = 1, 900 do for k = 2, 8 do local w = words[k] if w < words[k - 1] then times = times + 1 elseif w <= words[i % 8 + 1] then times = times + 10 end end end
print(times)

-- What is no string, among strings.
local order = setmetatable({}, { __lt = function(a, b) return true end, __le = function(a, b) return nil end })
local function mixed(list, n)
  local sum = 0
  for i = 1, n do
    local a, b = list[i % #list + 1], list[i * 3 % #list + 1]
    if a < b then sum = sum + 1 end
    if a <= b then sum = sum + 10 end
  end
  return sum
end
for round = 1, 3 do
  print(pcall(mixed, { "a", "b", "c" }, 800))
  print(pcall(mixed, { "a", "b", 3 }, 800))
  print(pcall(mixed, { 1, 2, 3 }, 800))
  print(pcall(mixed, { 1, "2", 3 }, 800))
  print(pcall(mixed, { order, order, order }, 800))
  print(pcall(mixed, { "a", "b", order }, 800))
  print(pcall(mixed, { "a", "b", nil, "d" }, 800))
  print(pcall(mixed, { "a", true, false }, 800))
  print(pcall(mixed, { "b", ("b"):rep(50), ("b"):rep(51) }, 800))
end

-- Numbers in registers beside, known and changed, around comparisons that are left.
local function beside(list, n)
  local x, y, t = 1, 0.5, {}
  for i = 1, n do
    local w = list[i % #list + 1]
    if w < list[i * 5 % #list + 1] then x = x + y else t[#t + 1] = x end
    if w >= "prefix12" then y = y + x % 3 elseif w > "abcdefgh" then x = x * 2 % 1001 else x = x - 1 end
  end
  return x, y, #t
end
for round = 1, 3 do print(beside(words, 2500)) end
print(os.setlocale("C"))
print(beside(words, 2500))

-- table.concat of short and long arrays, with separators and numbers.
local scale = tonumber((...)) or 1
local concat = table.concat

local words, numbers = {}, {}
for i = 1, 1000 do words[i] = "word" .. i; numbers[i] = i end
local sum = 0
for i = 1, math.floor(5400 * scale) do
  sum = sum + #concat(words) + #concat(words, ", ") + #concat(numbers, ",", 1, 300)
  sum = sum + #concat({ "a", "b", i, "c" }, "-")
end
print(sum)

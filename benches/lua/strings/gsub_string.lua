-- gsub with replacement strings, with and without captures.
local scale = tonumber((...)) or 1

local text = ("The quick brown fox jumps over the lazy dog, and runs away. "):rep(20)
local sum = 0
for i = 1, math.floor(5700 * scale) do
  local a, n = text:gsub("o", "00")
  local b, m = text:gsub("(%w+) (%w+)", "%2 %1")
  local c, k = text:gsub("%s+", " ")
  local d, l = text:gsub("[aeiou]", "<%0>")
  sum = sum + n + m + k + l + #a + #b + #c + #d
end
print(sum)

-- string.format with the usual directives.
local scale = tonumber((...)) or 1
local format = string.format

local sum = 0
for i = 1, math.floor(220000 * scale) do
  local s = format("%d %5d %05d %s", i, i % 100, i % 1000, "name")
  local t = format("%.2f %g %10.3e", i / 7, i / 4, i / 3)
  local u = format("%-10s|%10s|%q", "left", "right", "a\"b")
  local v = format("%x %X %c%%", i % 65536, 255, 65 + i % 26)
  sum = sum + #s + #t + #u + #v
end
print(sum)

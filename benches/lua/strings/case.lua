-- upper, lower, reverse, len, rep over strings of several sizes.
local scale = tonumber((...)) or 1

local words = { "Lua", "Programming", ("Mixed Case Text "):rep(20), ("x"):rep(1000) }
local sum = 0
for i = 1, math.floor(320000 * scale) do
  local w = words[i % 4 + 1]
  local u, l, r = w:upper(), w:lower(), w:reverse()
  sum = sum + u:byte(1) + l:byte(-1) + r:byte(1) + w:len()
  local p = ("-"):rep(i % 80)
  sum = sum + #p
end
print(sum)

-- Characters through a table: sub, concat and gsub over single characters.
local scale = tonumber((...)) or 1
local byte, char = string.byte, string.char

local map = {}
for i = 0, 25 do
  map[char(65 + i)] = char(65 + (i + 13) % 26)
  map[char(97 + i)] = char(97 + (i + 13) % 26)
end
local text = ("Why did the chicken cross the road? To get to the other side! "):rep(8)
local sum = 0
for round = 1, math.floor(7100 * scale) do
  local out = {}
  for i = 1, #text do
    local c = text:sub(i, i)
    out[i] = map[c] or c
  end
  local s = table.concat(out)
  local t = s:gsub("%a", map)
  sum = sum + #t + byte(s, round % #s + 1) + (t == text and 1 or 0)
end
print(sum)

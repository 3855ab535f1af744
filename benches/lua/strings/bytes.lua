-- sub, byte, char, rep: strings taken apart and put together by characters.
local scale = tonumber((...)) or 1
local char = string.char

local text = "The quick brown fox jumps over the lazy dog"
local sum = 0
for round = 1, math.floor(100000 * scale) do
  local h = round % 31
  for i = 1, #text do
    h = (h * 31 + text:byte(i)) % 65536
    if text:sub(i, i) == "o" then sum = sum + 1 end
  end
  local s = char(65 + h % 26, 97 + round % 26, 48 + h % 10)
  sum = sum + h + #s:rep(3) + #text:sub(-5) + s:byte(2)
end
print(sum)

-- Plain searches in long texts.
local scale = tonumber((...)) or 1

local text = ("abcdefghij klmnopqrst uvwxyz 0123456789 "):rep(400) .. "needle" .. (" haystack"):rep(300)
local sum = 0
for i = 1, math.floor(33000 * scale) do
  sum = sum + text:find("needle", 1, true)
  sum = sum + text:find("haystack", i % 1000 + 1, true)
  sum = sum + (text:find("absent word", 1, true) or 1)
  local n, at = 0, 1
  repeat
    local s, e = text:find("789 ", at, true)
    if s then n = n + 1; at = e + 1 end
  until not s or n > 20
  sum = sum + n
end
print(sum)

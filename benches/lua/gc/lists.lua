-- Linked lists: made, reversed, filtered, dropped.
local scale = tonumber((...)) or 1

local function make(n) local l; for i = n, 1, -1 do l = { next = l, value = i } end return l end
local function reverse(l) local r; while l do r = { next = r, value = l.value }; l = l.next end return r end
local function keep(l)
  local r
  while l do if l.value % 3 ~= 0 then r = { next = r, value = l.value } end l = l.next end
  return r
end
local sum = 0
for i = 1, math.floor(160 * scale) do
  local l = keep(reverse(make(5000)))
  while l do sum = sum + l.value; l = l.next end
end
print(string.format("%.14g", sum))

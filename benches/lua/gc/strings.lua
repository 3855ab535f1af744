-- Many short strings made and dropped, a few kept.
local scale = tonumber((...)) or 1

local kept, length = {}, 0
for i = 1, math.floor(670000 * scale) do
  local s = "key" .. i
  length = length + #s
  if i % 8 == 0 then kept[i % 4096] = s end
  local t = s .. ":" .. i % 10
  length = length + #t
end
local n = 0
for _ in pairs(kept) do n = n + 1 end
print(length, n)

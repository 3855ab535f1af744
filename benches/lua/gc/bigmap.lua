-- A big map is built, changed and emptied while the collector works.
local scale = tonumber((...)) or 1

local n = math.floor(35000 * scale)
local total = 0
for round = 1, 3 do
  local map = {}
  for i = 1, n do map["k" .. i * round] = { value = i } end
  for i = 1, n, 3 do map["k" .. i * round] = nil end
  for i = 1, n do
    local e = map["k" .. i * round]
    if e then total = total + e.value end
  end
end
print(string.format("%.14g", total))

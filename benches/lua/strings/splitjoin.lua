-- Split by separators in several ways and join again.
local scale = tonumber((...)) or 1

local function split_find(s, sep)
  local out, at = {}, 1
  while true do
    local i, j = s:find(sep, at, true)
    if not i then out[#out + 1] = s:sub(at) return out end
    out[#out + 1] = s:sub(at, i - 1)
    at = j + 1
  end
end
local function split_match(s)
  local out = {}
  for f in (s .. ","):gmatch("([^,]*),") do out[#out + 1] = f end
  return out
end
local function trim(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end

local row = "first, second ,third,  fourth,fifth,,7,8.5,last one"
local sum = 0
for i = 1, math.floor(86000 * scale) do
  local a = split_find(row, ",")
  local b = split_match(row)
  for j = 1, #a do a[j] = trim(a[j]) end
  local s = table.concat(a, ";")
  sum = sum + #a + #b + #s
end
print(sum)

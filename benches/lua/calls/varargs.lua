-- Varargs: passing on, counting, choosing, packing and unpacking.
local scale = tonumber((...)) or 1
local select, unpack = select, unpack or table.unpack

local function pass(...) return ... end
local function count(...) return select("#", ...) end
local function sum(...)
  local total = 0
  for i = 1, select("#", ...) do total = total + (select(i, ...)) end
  return total
end
local function pack(...) return { n = select("#", ...), ... } end

local total = 0
for i = 1, math.floor(580000 * scale) do
  total = total + count(pass(i, 2, 3, pass(4, 5)))
  total = total + sum(i, 2, 3, 4, 5, 6)
  local t = pack(pass(1, i, nil, 4))
  total = total + t.n + sum(unpack(t, 1, 2))
end
print(string.format("%.14g", total))

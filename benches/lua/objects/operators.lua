-- Operators by metamethods: arithmetic, comparison, concatenation, call.
local scale = tonumber((...)) or 1

local V = {}
V.__index = V
local function new(x, y) return setmetatable({ x = x, y = y }, V) end
V.__add = function(a, b) return new(a.x + b.x, a.y + b.y) end
V.__sub = function(a, b) return new(a.x - b.x, a.y - b.y) end
V.__mul = function(a, k) return new(a.x * k, a.y * k) end
V.__unm = function(a) return new(-a.x, -a.y) end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y end
V.__lt = function(a, b) return a.x < b.x end
V.__le = function(a, b) return a.x <= b.x end
V.__call = function(a, k) return a.x + k end
V.__concat = function(a, b) return #tostring(b) end

local sum, origin = 0, new(0, 0)
for i = 1, math.floor(320000 * scale) do
  local a, b = new(i % 10, 1), new(2, i % 3)
  local c = (a + b) * 2 - -b
  if a < b then sum = sum + 1 end
  if a <= b then sum = sum + 1 end
  if c == origin or a == b then sum = sum + 1 end
  sum = sum + c(3) % 17 + (a .. "abc")
end
print(sum)

-- A chain of four classes: methods found one to four steps up, calls of the overridden one.
local scale = tonumber((...)) or 1

local function class(parent)
  local c = {}
  c.__index = c
  return setmetatable(c, { __index = parent })
end
local Base = class()
function Base:id() return 1 end
function Base:area() return 0 end
function Base:describe() return self:id() + self:area() end
local Shape = class(Base)
function Shape:id() return Base.id(self) + 1 end
local Polygon = class(Shape)
function Polygon:sides() return self.n end
local Square = class(Polygon)
function Square:area() return self.side * self.side end

local function new(c, o) return setmetatable(o, c) end
local things = { new(Square, { n = 4, side = 3 }), new(Polygon, { n = 5 }), new(Shape, { n = 0 }), new(Base, { n = 0 }) }
local sum = 0
for i = 1, math.floor(2300000 * scale) do
  local t = things[i % 4 + 1]
  sum = sum + t:describe()
  if t.sides then sum = sum + t:sides() end
end
print(sum)

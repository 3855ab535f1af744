-- A ray tracer: vectors as objects with operators, shapes as classes, shadows and mirrors by recursion.
local scale = tonumber((...)) or 1
local sqrt, floor, huge = math.sqrt, math.floor, math.huge

local Vector = {}
Vector.__index = Vector
local function vector(x, y, z) return setmetatable({ x = x, y = y, z = z }, Vector) end
function Vector.__add(a, b) return vector(a.x + b.x, a.y + b.y, a.z + b.z) end
function Vector.__sub(a, b) return vector(a.x - b.x, a.y - b.y, a.z - b.z) end
function Vector.__unm(a) return vector(-a.x, -a.y, -a.z) end
function Vector.__mul(a, b)
  if type(a) == "number" then return vector(a * b.x, a * b.y, a * b.z) end
  if type(b) == "number" then return vector(a.x * b, a.y * b, a.z * b) end
  return vector(a.x * b.x, a.y * b.y, a.z * b.z)
end
function Vector.__div(a, k) return vector(a.x / k, a.y / k, a.z / k) end
function Vector.__eq(a, b) return a.x == b.x and a.y == b.y and a.z == b.z end
function Vector:dot(b) return self.x * b.x + self.y * b.y + self.z * b.z end
function Vector:length() return sqrt(self:dot(self)) end
function Vector:unit() return self / self:length() end
function Vector:reflect(normal) return self - normal * (2 * self:dot(normal)) end

local Shape = {}
Shape.__index = Shape
function Shape:colour(point) return self.paint end
local function class(base)
  local c = setmetatable({}, base)
  c.__index = c
  return c
end

local Sphere = class(Shape)
function Sphere.new(centre, radius, paint, mirror)
  return setmetatable({ centre = centre, square = radius * radius, paint = paint, mirror = mirror }, Sphere)
end
function Sphere:hit(origin, direction)
  local to = self.centre - origin
  local along = to:dot(direction)
  local rest = self.square - to:dot(to) + along * along
  if rest < 0 then return nil end
  local root = sqrt(rest)
  if along - root > 1e-4 then return along - root end
  if along + root > 1e-4 then return along + root end
end
function Sphere:normal(point) return (point - self.centre):unit() end

local Floor = class(Shape)
function Floor.new(height, paint, other)
  return setmetatable({ height = height, paint = paint, other = other, mirror = 0.1 }, Floor)
end
function Floor:hit(origin, direction)
  if direction.y > -1e-6 then return nil end
  local t = (self.height - origin.y) / direction.y
  return t > 1e-4 and t or nil
end
function Floor:normal() return vector(0, 1, 0) end
function Floor:colour(point)
  return (floor(point.x) + floor(point.z)) % 2 == 0 and self.paint or self.other
end

local scene = { shapes = {}, lights = {}, ambient = vector(0.1, 0.1, 0.12), sky = vector(0.5, 0.7, 1) }
scene.shapes[1] = Floor.new(-1, vector(0.9, 0.9, 0.9), vector(0.2, 0.2, 0.2))
for i = 1, 6 do
  local a = i * math.pi / 3
  scene.shapes[#scene.shapes + 1] = Sphere.new(vector(2 * math.cos(a), -0.4 + i % 2 * 0.5, 6 + 2 * math.sin(a)),
    0.6, vector(i % 3 / 2, (i + 1) % 3 / 2, i % 2), i % 2 * 0.5)
end
scene.lights[1] = { at = vector(5, 8, 0), strength = vector(0.7, 0.7, 0.6) }
scene.lights[2] = { at = vector(-6, 5, 2), strength = vector(0.3, 0.3, 0.4) }

function scene:nearest(origin, direction)
  local best, found = huge, nil
  for _, shape in ipairs(self.shapes) do
    local t = shape:hit(origin, direction)
    if t and t < best then best, found = t, shape end
  end
  return found, best
end
function scene:shadowed(point, towards, distance)
  for i = 1, #self.shapes do
    local t = self.shapes[i]:hit(point, towards)
    if t and t < distance then return true end
  end
  return false
end
function scene:trace(origin, direction, depth)
  local shape, t = self:nearest(origin, direction)
  if not shape then return self.sky * (0.5 + 0.5 * direction.y) end
  local point = origin + direction * t
  local normal, paint = shape:normal(point), shape:colour(point)
  local light = self.ambient
  for _, lamp in ipairs(self.lights) do
    local to = lamp.at - point
    local distance = to:length()
    to = to / distance
    local facing = normal:dot(to)
    if facing > 0 and not self:shadowed(point, to, distance) then light = light + lamp.strength * facing end
  end
  local colour = paint * light
  if shape.mirror > 0 and depth > 0 then
    colour = colour * (1 - shape.mirror) + shape.mirror * self:trace(point, direction:reflect(normal), depth - 1)
  end
  return colour
end

local width = floor(300 * sqrt(scale) + 0.5)
local height = floor(width * 3 / 4)
local sum, blacks, black = 0, 0, vector(0, 0, 0)
for y = 0, height - 1 do
  for x = 0, width - 1 do
    local direction = vector((x - width / 2) / width, (height / 2 - y) / width, 1):unit()
    local c = scene:trace(vector(0, 0.3, 0), direction, 3)
    if c == black then blacks = blacks + 1 end
    sum = sum + floor(c.x * 255) + floor(c.y * 255) * 2 + floor(c.z * 255) * 3
  end
end
print(("%d %d"):format(sum, blacks))

-- Gravity between five bodies: field access and floating point.
local scale = tonumber((...)) or 1
local sqrt = math.sqrt

local bodies = {
  { x = 0, y = 0, z = 0, vx = 0, vy = 0, vz = 0, mass = 40 },
  { x = 4.8, y = -1.2, z = -0.1, vx = 0.6, vy = 2.8, vz = -0.02, mass = 0.04 },
  { x = 8.3, y = 4.1, z = -0.4, vx = -1.01, vy = 1.8, vz = 0.008, mass = 0.01 },
  { x = 12.9, y = -15.1, z = -0.2, vx = 1.08, vy = 0.87, vz = -0.01, mass = 0.002 },
  { x = 15.4, y = -25.9, z = 0.2, vx = 0.98, vy = 0.6, vz = -0.03, mass = 0.002 },
}
local function advance(dt)
  local n = #bodies
  for i = 1, n do
    local a = bodies[i]
    local ax, ay, az, am = a.x, a.y, a.z, a.mass
    local vx, vy, vz = a.vx, a.vy, a.vz
    for j = i + 1, n do
      local b = bodies[j]
      local dx, dy, dz = ax - b.x, ay - b.y, az - b.z
      local d2 = dx * dx + dy * dy + dz * dz
      local f = dt / (d2 * sqrt(d2))
      local m = b.mass * f
      vx, vy, vz = vx - dx * m, vy - dy * m, vz - dz * m
      m = am * f
      b.vx, b.vy, b.vz = b.vx + dx * m, b.vy + dy * m, b.vz + dz * m
    end
    a.vx, a.vy, a.vz = vx, vy, vz
    a.x, a.y, a.z = ax + dt * vx, ay + dt * vy, az + dt * vz
  end
end
local function energy()
  local e = 0
  for i, a in ipairs(bodies) do
    e = e + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      e = e - a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end
for _ = 1, math.floor(160000 * scale) do advance(0.001) end
print(string.format("%.9f", energy()))

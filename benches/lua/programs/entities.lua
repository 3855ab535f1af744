-- A game loop over entities of components: sparse tables by id walked with pairs, systems, events, spatial cells, removals.
local scale = tonumber((...)) or 1
local floor = math.floor

local seed = 12345
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

local World = {}
World.__index = World
function World.new()
  return setmetatable({ components = {}, alive = {}, free = {}, last = 0, count = 0, systems = {}, handlers = {}, dead = {} }, World)
end
function World:spawn(parts)
  local id = table.remove(self.free)
  if not id then
    self.last = self.last + 1
    id = self.last
  end
  self.alive[id] = true
  self.count = self.count + 1
  for name, part in pairs(parts) do self:add(id, name, part) end
  return id
end
function World:add(id, name, part)
  local store = self.components[name]
  if not store then
    store = {}
    self.components[name] = store
  end
  store[id] = part
end
function World:drop(id, name) self.components[name][id] = nil end
function World:get(id, name)
  local store = self.components[name]
  return store and store[id]
end
function World:kill(id) self.dead[#self.dead + 1] = id end
function World:bury()
  table.sort(self.dead) -- so that nothing follows from the order in which pairs finds them
  for i = #self.dead, 1, -1 do
    local id = table.remove(self.dead)
    if self.alive[id] then
      self.alive[id] = nil
      self.count = self.count - 1
      for _, store in pairs(self.components) do store[id] = nil end
      self.free[#self.free + 1] = id
    end
  end
end
function World:each(first, second)
  local one, two = self.components[first] or {}, second and self.components[second]
  local id, part
  return function()
    while true do
      id, part = next(one, id)
      if id == nil then return nil end
      if not two then return id, part end
      local other = two[id]
      if other then return id, part, other end
    end
  end
end
function World:on(event, handler)
  self.handlers[event] = self.handlers[event] or {}
  table.insert(self.handlers[event], handler)
end
function World:emit(event, ...)
  for _, handler in ipairs(self.handlers[event] or {}) do handler(self, ...) end
end
function World:system(name, f) self.systems[#self.systems + 1] = { name = name, run = f, calls = 0 } end
function World:step(dt)
  for _, system in ipairs(self.systems) do
    system.run(self, dt)
    system.calls = system.calls + 1
  end
  self:bury()
end

local world = World.new()
local stats = { killed = 0, picked = 0, healed = 0, spawned = 0 }
local SIZE = 64

local function creature()
  local parts = {
    position = { x = random(SIZE), y = random(SIZE) }, velocity = { x = random(5) - 3, y = random(5) - 3 },
    health = { points = 10 + random(20), most = 30 }, team = random(3),
  }
  if random(3) == 1 then parts.poison = { left = random(12), strength = random(3) } end
  if random(2) == 1 then parts.bag = { items = {}, room = 4, luck = random(1000) } end
  stats.spawned = stats.spawned + 1
  return parts
end

world:system("move", function(w, dt)
  for id, p, v in w:each("position", "velocity") do
    p.x, p.y = p.x + v.x * dt, p.y + v.y * dt
    if p.x < 0 or p.x >= SIZE then v.x = -v.x p.x = p.x + 2 * v.x * dt end
    if p.y < 0 or p.y >= SIZE then v.y = -v.y p.y = p.y + 2 * v.y * dt end
  end
end)
world:system("cells", function(w)
  local cells = {}
  for id, p in w:each("position") do
    local key = floor(p.x / 4) * 100 + floor(p.y / 4)
    local cell = cells[key]
    if cell then cell[#cell + 1] = id else cells[key] = { id } end
  end
  for _, cell in pairs(cells) do table.sort(cell) end
  w.cells = cells
end)
world:system("fight", function(w)
  local health, team = w.components.health, w.components.team
  for key, cell in pairs(w.cells) do
    for i = 1, #cell do
      local a = cell[i]
      for j = i + 1, #cell do
        local b = cell[j]
        if health[a] and health[b] and team[a] ~= team[b] then w:emit("hit", a, b, 1) w:emit("hit", b, a, 1) end
      end
    end
  end
end)
world:system("poison", function(w)
  for id, p, h in w:each("poison", "health") do
    h.points = h.points - p.strength * 0.25
    p.left = p.left - 1
    if p.left <= 0 then w:drop(id, "poison") end
    if h.points <= 0 then w:emit("death", id, nil) end
  end
end)
world:system("pick", function(w)
  for id, bag in pairs(w.components.bag or {}) do
    bag.luck = bag.luck * 75 % 65537
    if #bag.items < bag.room and bag.luck % 4 == 1 then
      table.insert(bag.items, 1, bag.luck % 5 == 1 and "potion" or "stone")
      stats.picked = stats.picked + 1
    end
    local h = w:get(id, "health")
    if h and h.points < 5 then
      for i = #bag.items, 1, -1 do
        if bag.items[i] == "potion" then
          table.remove(bag.items, i)
          h.points = math.min(h.most, h.points + 10)
          stats.healed = stats.healed + 1
          break
        end
      end
    end
    if #bag.items == bag.room then table.remove(bag.items, 1) end
  end
end)
world:system("birth", function(w)
  while w.count < 260 do w:spawn(creature()) end
end)

world:on("hit", function(w, id, by, points)
  local h = w:get(id, "health")
  h.points = h.points - points
  if h.points <= 0 then w:emit("death", id, by) end
end)
world:on("death", function(w, id, by)
  w:kill(id)
  stats.killed = stats.killed + 1
end)
world:on("death", function(w, id, by)
  local bag = by and w:get(by, "bag")
  local loot = w:get(id, "bag")
  if bag and loot then
    while #loot.items > 0 and #bag.items < bag.room do table.insert(bag.items, table.remove(loot.items)) end
  end
end)

for i = 1, math.floor(3600 * scale + 0.5) do world:step(0.5) end
local sum = 0
for id, p in world:each("position") do sum = sum + floor(p.x) * 7 + floor(p.y) end
print(("%d %d %d %d %d"):format(stats.spawned, stats.killed, stats.picked, stats.healed, sum))

-- Ways through maps: a binary heap as priority queue, A* on a grid, Dijkstra on a graph by names, flood fill, union-find.
local scale = tonumber((...)) or 1
local floor, abs, huge = math.floor, math.abs, math.huge

local seed = 42
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n
end

local Heap = {}
Heap.__index = Heap
function Heap.new(before) return setmetatable({ size = 0, before = before }, Heap) end
function Heap:push(item)
  local before, at = self.before, self.size + 1
  self.size = at
  while at > 1 do
    local parent = floor(at / 2)
    local p = self[parent]
    if not before(item, p) then break end
    self[at] = p
    at = parent
  end
  self[at] = item
end
function Heap:pop()
  local size, before = self.size, self.before
  if size == 0 then return nil end
  local top, last = self[1], self[size]
  self[size] = nil
  size = size - 1
  self.size = size
  if size > 0 then
    local at = 1
    while true do
      local child = 2 * at
      if child > size then break end
      if child < size and before(self[child + 1], self[child]) then child = child + 1 end
      if not before(self[child], last) then break end
      self[at] = self[child]
      at = child
    end
    self[at] = last
  end
  return top
end

local Grid = {}
Grid.__index = Grid
function Grid.new(width, height, walls)
  local g = setmetatable({ width = width, height = height }, Grid)
  for y = 1, height do
    g[y] = {}
    for x = 1, width do g[y][x] = { x = x, y = y, cost = random(100) < walls and huge or 1 + random(3) } end
  end
  return g
end
function Grid:at(x, y)
  local row = self[y]
  return row and row[x]
end
local directions = { { 1, 0 }, { 0, 1 }, { -1, 0 }, { 0, -1 } }
function Grid:neighbours(cell)
  local i = 0
  return function()
    while i < 4 do
      i = i + 1
      local d = directions[i]
      local other = self:at(cell.x + d[1], cell.y + d[2])
      if other and other.cost < huge then return other end
    end
  end
end
local function estimate(a, b) return abs(a.x - b.x) + abs(a.y - b.y) end
local function sooner(a, b)
  if a.rank ~= b.rank then return a.rank < b.rank end
  return a.order < b.order
end
function Grid:path(from, to)
  local open, best, came, closed, order = Heap.new(sooner), { [from] = 0 }, {}, {}, 1
  open:push({ cell = from, rank = estimate(from, to), order = order })
  while open.size > 0 do
    local cell = open:pop().cell
    if cell == to then
      local path = {}
      while cell do
        table.insert(path, 1, cell)
        cell = came[cell]
      end
      return path, best[to]
    end
    if not closed[cell] then
      closed[cell] = true
      for other in self:neighbours(cell) do
        local cost = best[cell] + other.cost
        if not best[other] or cost < best[other] then
          best[other], came[other] = cost, cell
          order = order + 1
          open:push({ cell = other, rank = cost + estimate(other, to), order = order })
        end
      end
    end
  end
end
function Grid:regions()
  local sizes, seen = {}, {}
  for y = 1, self.height do
    for x = 1, self.width do
      local start = self[y][x]
      if start.cost < huge and not seen[start] then
        local stack, count = { start }, 0
        seen[start] = true
        while #stack > 0 do
          local cell = table.remove(stack)
          count = count + 1
          for other in self:neighbours(cell) do
            if not seen[other] then
              seen[other] = true
              stack[#stack + 1] = other
            end
          end
        end
        sizes[#sizes + 1] = count
      end
    end
  end
  table.sort(sizes, function(a, b) return a > b end)
  return sizes
end

-- A road map: towns by name, distances both ways.
local function roads(towns, each)
  local graph, names = {}, {}
  for i = 1, towns do
    names[i] = "town" .. i
    graph[names[i]] = {}
  end
  for i = 1, towns do
    for k = 1, each do
      local a, b, length = names[i], names[random(towns) + 1], 1 + random(50)
      graph[a][b], graph[b][a] = length, length
    end
  end
  return graph, names
end
local function distances(graph, from)
  local known, queue = { [from] = 0 }, Heap.new(function(a, b) return a[1] < b[1] end)
  queue:push({ 0, from })
  while true do
    local entry = queue:pop()
    if not entry then return known end
    local so_far, name = entry[1], entry[2]
    if so_far == known[name] then
      for other, length in pairs(graph[name]) do
        local d = so_far + length
        if d < (known[other] or huge) then
          known[other] = d
          queue:push({ d, other })
        end
      end
    end
  end
end
local function spanning(graph, names)
  local parent, edges = {}, {}
  for i, a in ipairs(names) do
    parent[a] = a
    for b, length in pairs(graph[a]) do
      if a < b then edges[#edges + 1] = { a, b, length } end
    end
  end
  local function find(x)
    while parent[x] ~= x do
      parent[x] = parent[parent[x]]
      x = parent[x]
    end
    return x
  end
  table.sort(edges, function(p, q) return p[3] < q[3] end)
  local total = 0
  for _, e in ipairs(edges) do
    local a, b = find(e[1]), find(e[2])
    if a ~= b then
      parent[a] = b
      total = total + e[3]
    end
  end
  return total
end

local steps, cost, far, tree, area = 0, 0, 0, 0, 0
for round = 1, math.floor(40 * scale + 0.5) do
  local grid = Grid.new(60, 60, 25)
  for i = 1, 3 do
    local from, to = grid[random(10) + 1][random(10) + 1], grid[50 + random(10)][50 + random(10)]
    from.cost, to.cost = 1, 1
    local path, c = grid:path(from, to)
    if path then steps, cost = steps + #path, cost + c end
  end
  local sizes = grid:regions()
  area = area + sizes[1] + #sizes
  local graph, names = roads(300, 3)
  for i = 1, 3 do
    local most = 0
    for _, d in pairs(distances(graph, names[random(300) + 1])) do most = math.max(most, d) end
    far = far + most
  end
  tree = tree + spanning(graph, names)
end
print(("%d %d %d %d %d"):format(steps, cost, far, tree, area))

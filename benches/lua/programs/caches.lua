-- Caches: an LRU by linked lists, functions memoised by keys put together of strings, weak tables, edit distances, counted words.
local scale = tonumber((...)) or 1
local select, tostring, floor = select, tostring, math.floor

local LRU = {}
LRU.__index = LRU
function LRU.new(room)
  local head, tail = {}, {}
  head.after, tail.before = tail, head
  return setmetatable({ room = room, size = 0, map = {}, head = head, tail = tail, hits = 0, misses = 0 }, LRU)
end
local function unlink(node)
  node.before.after, node.after.before = node.after, node.before
end
function LRU:front(node)
  local head = self.head
  node.before, node.after = head, head.after
  head.after.before = node
  head.after = node
end
function LRU:get(key)
  local node = self.map[key]
  if not node then
    self.misses = self.misses + 1
    return nil
  end
  self.hits = self.hits + 1
  unlink(node)
  self:front(node)
  return node.value
end
function LRU:set(key, value)
  local node = self.map[key]
  if node then
    node.value = value
    unlink(node)
  else
    if self.size >= self.room then
      local old = self.tail.before
      unlink(old)
      self.map[old.key] = nil
      self.size = self.size - 1
    end
    node = { key = key, value = value }
    self.map[key] = node
    self.size = self.size + 1
  end
  self:front(node)
end

local function memoize(f)
  local cache = {}
  return function(...)
    local key = select(1, ...)
    for i = 2, select("#", ...) do key = key .. ":" .. tostring((select(i, ...))) end
    local value = cache[key]
    if value == nil then
      value = f(...)
      cache[key] = value
    end
    return value
  end, cache
end
local function memoize2(f)
  local cache = {}
  return function(a, b)
    local key = a .. ":" .. b
    local value = cache[key]
    if not value then
      value = f(a, b)
      cache[key] = value
    end
    return value
  end
end

local function partitions()
  local p
  p = memoize2(function(n, most)
    if n == 0 then return 1 end
    if n < 0 or most == 0 then return 0 end
    return (p(n - most, most) + p(n, most - 1)) % 1000007
  end)
  return p
end
local function knapsack(items)
  local best
  best = memoize(function(i, room)
    if i == 0 then return 0 end
    local without = best(i - 1, room)
    local item = items[i]
    if item.weight > room then return without end
    return math.max(without, item.value + best(i - 1, room - item.weight))
  end)
  return best
end
local function distance(a, b)
  local cache = {}
  local function d(i, j)
    if i == 0 then return j end
    if j == 0 then return i end
    local key = i .. "," .. j
    local known = cache[key]
    if known then return known end
    local cost = a:sub(i, i) == b:sub(j, j) and 0 or 1
    local value = math.min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + cost)
    cache[key] = value
    return value
  end
  return d(#a, #b)
end

-- Objects made once for each key, by a table that holds them only while someone else does.
local Pool = {}
function Pool.new(make)
  return setmetatable({}, { __mode = "v", __index = function(t, k)
    local v = make(k)
    t[k] = v
    return v
  end })
end

local seed = 99
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n
end

-- A page cache: what is asked for most often is asked for again.
local function pages(cache, n)
  local sum = 0
  for i = 1, n do
    local r = random(100)
    local page = r < 60 and random(20) or r < 90 and 20 + random(80) or 100 + random(900)
    local key = "/page/" .. page
    local text = cache:get(key)
    if not text then
      text = ("<%s>"):format(key)
      cache:set(key, text)
    end
    sum = sum + #text
  end
  return sum
end

-- Words and pairs of words, counted.
local words = {}
for w in ("so it goes and goes on until it does not go on any more and then it begins again as it was so it was"):gmatch("%a+") do
  words[#words + 1] = w
end
local function bigrams(n)
  local counts, order = {}, {}
  local last = words[1]
  for i = 1, n do
    local w = words[(i * i + 7 * i) % #words + 1]
    local key = last .. " " .. w
    if not counts[key] then order[#order + 1] = key end
    counts[key] = (counts[key] or 0) + 1
    last = w
  end
  table.sort(order, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a < b
  end)
  return counts[order[1]], #order
end

local total, hits = 0, 0
for round = 1, floor(220 * scale + 0.5) do
  local cache = LRU.new(100)
  total = total + pages(cache, 2500)
  hits = hits + cache.hits
  total = total + partitions()(45, 45)
  local items = {}
  for i = 1, 10 do items[i] = { weight = i * 5 % 7 + 1, value = (i + round) * 3 % 11 + 1 } end
  total = total + knapsack(items)(10, 30)
  total = total + distance("the quick brown fox", "a quiet brown cow" .. round)
  local pool, kept = Pool.new(function(k) return { key = k } end), {}
  for i = 1, 300 do
    local o = pool["object" .. i % 50]
    kept[i % 50 + 1] = o
    if o == pool["object" .. i % 50] then total = total + 1 end
  end
  local most, kinds = bigrams(600)
  total = total + most + kinds
end
print(("%d %d"):format(total, hits))

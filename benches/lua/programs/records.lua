-- Nested tables: deep copies that keep cycles, deep comparison, differences and patches, merging, queries by paths, a store with undo.
local scale = tonumber((...)) or 1

local function copy(v, seen)
  if type(v) ~= "table" then return v end
  if seen[v] then return seen[v] end
  local out = {}
  seen[v] = out
  for k, x in pairs(v) do out[copy(k, seen)] = copy(x, seen) end
  return setmetatable(out, getmetatable(v))
end
local function equal(a, b)
  if a == b then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  for k, v in pairs(a) do
    if not equal(v, b[k]) then return false end
  end
  for k in pairs(b) do
    if a[k] == nil then return false end
  end
  return true
end
local function diff(a, b, path, out)
  for k, v in pairs(a) do
    local w = b[k]
    local here = path == "" and tostring(k) or path .. "." .. tostring(k)
    if w == nil then
      out[#out + 1] = { path = here, kind = "gone", old = v }
    elseif type(v) == "table" and type(w) == "table" then
      diff(v, w, here, out)
    elseif v ~= w then
      out[#out + 1] = { path = here, kind = "changed", old = v, new = w }
    end
  end
  for k, w in pairs(b) do
    if a[k] == nil then out[#out + 1] = { path = path == "" and tostring(k) or path .. "." .. tostring(k), kind = "new", new = w } end
  end
  return out
end
local function walk(root, path)
  local parent, key, at = nil, nil, root
  for part in path:gmatch("[^.]+") do
    parent, key = at, tonumber(part) or part
    at = type(at) == "table" and at[key] or nil
  end
  return at, parent, key
end
local function patch(root, changes)
  for _, c in ipairs(changes) do
    local _, parent, key = walk(root, c.path)
    parent[key] = copy(c.new, {})
  end
  return root
end
local function merge(into, ...)
  for i = 1, select("#", ...) do
    for k, v in pairs((select(i, ...))) do
      if type(v) == "table" and type(into[k]) == "table" then merge(into[k], v) else into[k] = copy(v, {}) end
    end
  end
  return into
end
local function count(v, seen)
  if type(v) ~= "table" or seen[v] then return 0 end
  seen[v] = true
  local n = 1
  for k, x in pairs(v) do n = n + count(k, seen) + count(x, seen) end
  return n
end

local function serialize(v, out, depth)
  local kind = type(v)
  if kind == "table" then
    local names, n = {}, #v
    for k in pairs(v) do
      if type(k) ~= "number" then names[#names + 1] = k end
    end
    table.sort(names)
    out[#out + 1] = "{"
    for i = 1, n do
      serialize(v[i], out, depth + 1)
      out[#out + 1] = ","
    end
    for _, k in ipairs(names) do
      out[#out + 1] = k
      out[#out + 1] = "="
      serialize(v[k], out, depth + 1)
      out[#out + 1] = ";"
    end
    out[#out + 1] = "}"
  elseif kind == "string" then
    out[#out + 1] = ("%q"):format(v)
  else
    out[#out + 1] = tostring(v)
  end
end
local function text(v)
  local out = {}
  serialize(v, out, 0)
  return table.concat(out)
end

local Store = {}
Store.__index = Store
function Store.new(root) return setmetatable({ root = root, undo = {}, watchers = {} }, Store) end
function Store:get(path) return (walk(self.root, path)) end
function Store:set(path, value)
  local old, parent, key = walk(self.root, path)
  self.undo[#self.undo + 1] = { parent, key, old }
  parent[key] = value
  for prefix, f in pairs(self.watchers) do
    if path:sub(1, #prefix) == prefix then f(path, old, value) end
  end
end
function Store:rollback()
  while #self.undo > 0 do
    local u = table.remove(self.undo)
    u[1][u[2]] = u[3]
  end
end

-- Lists of records, as a query language would go through them.
local function filter(list, f)
  local out = {}
  for _, v in ipairs(list) do
    if f(v) then out[#out + 1] = v end
  end
  return out
end
local function group(list, key)
  local out = {}
  for _, v in ipairs(list) do
    local k = v[key]
    out[k] = out[k] or {}
    table.insert(out[k], v)
  end
  return out
end
local function sum(list, key)
  local s = 0
  for _, v in ipairs(list) do s = s + (v[key] or 0) end
  return s
end

local document = { title = "inventory", version = 3, options = { colour = "red", deep = { a = 1, b = { c = "x", d = { 1, 2, 3 } } } }, items = {} }
for i = 1, 40 do
  document.items[i] = { name = "item" .. i, price = i * 3 % 17, tags = { "t" .. i % 4, "u" .. i % 5 }, size = { w = i, h = i % 6 }, kind = "k" .. i % 3 }
end
local changed, total, seen = 0, 0, 0
local watched = 0
for round = 1, math.floor(800 * scale + 0.5) do
  local other = copy(document, {})
  other.self = other
  other = copy(other, {})
  assert(other.self == other)
  other.self = nil
  other.version = round % 3 == 0 and 3 or round
  other.items[round % 40 + 1].price = -1
  other.items[round % 39 + 1].tags[2] = nil
  other.items[41] = { name = "new", tags = {}, size = {} }
  other.options.deep.b.d[4] = round
  local changes = diff(document, other, "", {})
  changed = changed + #changes
  assert(equal(patch(copy(document, {}), changes), other) and not equal(document, other))
  local config = merge({}, document.options, { deep = { b = { c = round }, e = {} } }, { colour = "blue" })
  total = total + config.deep.b.c + #config.colour + count(other, {})
  local store = Store.new(other)
  store.watchers["items."] = function(path) watched = watched + #path end
  store.watchers["options"] = function() watched = watched + 1 end
  local before = text(other)
  for i = 1, 10 do store:set("items." .. i .. ".price", round) store:set("options.deep.b.c", i) end
  total = total + sum(filter(other.items, function(v) return v.price == round end), "price")
  store:rollback()
  assert(text(other) == before)
  for kind, list in pairs(group(document.items, "kind")) do seen = seen + sum(list, "price") * #list + #kind end
  total = total + #before
end
print(("%d %d %d %d"):format(changed, total, seen, watched))

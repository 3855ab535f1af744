-- Deep copies, comparison and merging of nested tables.
local scale = tonumber((...)) or 1

local function copy(t)
  if type(t) ~= "table" then return t end
  local r = {}
  for k, v in pairs(t) do r[k] = copy(v) end
  return r
end
local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in pairs(a) do if not same(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end
local function merge(into, from)
  for k, v in pairs(from) do
    if type(v) == "table" and type(into[k]) == "table" then merge(into[k], v) else into[k] = v end
  end
  return into
end
local config = { name = "x", list = { 1, 2, 3, { "a", "b" } }, nested = { deep = { deeper = { value = 1, other = true } }, z = 1 } }
local extra = { nested = { deep = { more = 2 }, list = { 9 } }, top = "y" }
local sum = 0
for i = 1, math.floor(60000 * scale) do
  local c = copy(config)
  if same(c, config) then sum = sum + 1 end
  merge(c, extra)
  if not same(c, config) then sum = sum + 1 end
  sum = sum + c.nested.deep.more
end
print(sum)

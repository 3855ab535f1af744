-- Prints the features of a vector tile: of each its layer, identifier, kind, geometry and attributes, in sorted order.
local data = assert(io.open(arg[1], "rb")):read "*a"

local function varint(s, at)
  local n, scale = 0, 1
  while true do
    local b = s:byte(at)
    n, at, scale = n + (b % 128) * scale, at + 1, scale * 128
    if b < 128 then return n, at end
  end
end
local function fields(s)
  local at = 1
  return function()
    if at > #s then return end
    local key, value
    key, at = varint(s, at)
    local wire = key % 8
    if wire == 0 then value, at = varint(s, at)
    elseif wire == 2 then
      local n
      n, at = varint(s, at)
      value, at = s:sub(at, at + n - 1), at + n
    else
      local n = wire == 1 and 8 or 4
      value, at = s:sub(at, at + n - 1):gsub(".", function(c) return ("%02x"):format(c:byte()) end), at + n
    end
    return (key - wire) / 8, value
  end
end
local function list(s)
  local out, at = {}, 1
  while at <= #s do out[#out + 1], at = varint(s, at) end
  return out
end

local lines = {}
for field, layer in fields(data) do
  local name, keys, values, features, extent = nil, {}, {}, {}, 4096
  for f, v in fields(layer) do
    if f == 1 then name = v
    elseif f == 2 then features[#features + 1] = v
    elseif f == 3 then keys[#keys + 1] = v
    elseif f == 4 then for kind, x in fields(v) do values[#values + 1] = kind .. ":" .. x end
    elseif f == 5 then extent = v end
  end
  for _, feature in ipairs(features) do
    local id, kind, geometry, attributes = 0, 0, "", {}
    for f, v in fields(feature) do
      if f == 1 then id = v
      elseif f == 2 then
        local tags = list(v)
        for i = 1, #tags, 2 do attributes[#attributes + 1] = keys[tags[i] + 1] .. "=" .. values[tags[i + 1] + 1] end
      elseif f == 3 then kind = v
      elseif f == 4 then geometry = table.concat(list(v), " ") end
    end
    table.sort(attributes)
    lines[#lines + 1] = ("%s/%d %d %d [%s] %s"):format(name, extent, id, kind, geometry, table.concat(attributes, " "))
  end
end
table.sort(lines)
print(table.concat(lines, "\n"))

-- Writes a small map in OpenStreetMap's PBF form: a grid of named points, streets along it and houses beside them. Blocks
-- are deflated with stored blocks, which needs no compressor.
local function varint(n)
  local out = {}
  repeat
    local low = n % 128
    n = (n - low) / 128
    out[#out + 1] = string.char(n > 0 and low + 128 or low)
  until n == 0
  return table.concat(out)
end
local function zigzag(n) return varint(n < 0 and -2 * n - 1 or 2 * n) end
local function bytes(field, s) return varint(field * 8 + 2) .. varint(#s) .. s end
local function number(field, n) return varint(field * 8) .. varint(n) end
local function signed(field, n) return varint(field * 8) .. zigzag(n) end
local function be32(n) return string.char(math.floor(n / 2 ^ 24) % 256, math.floor(n / 2 ^ 16) % 256, math.floor(n / 2 ^ 8) % 256, n % 256) end

local function deflated(s)
  local out, a, b = { "\120\1" }, 1, 0
  for i = 1, #s do a = (a + s:byte(i)) % 65521 b = (b + a) % 65521 end
  for at = 1, #s, 65535 do
    local part = s:sub(at, at + 65534)
    local low, high = #part % 256, math.floor(#part / 256)
    out[#out + 1] = string.char(at + 65535 > #s and 1 or 0, low, high, 255 - low, 255 - high) .. part
  end
  return table.concat(out) .. be32(b * 65536 + a)
end
local function block(kind, body)
  local blob = number(2, #body) .. bytes(3, deflated(body))
  local header = bytes(1, kind) .. number(3, #blob)
  io.write(be32(#header), header, blob)
end

local strings, index = { "" }, {}
local function str(s)
  if not index[s] then strings[#strings + 1] = s index[s] = #strings - 1 end
  return index[s]
end
local function packed(list, coder)
  local out = {}
  for i, v in ipairs(list) do out[i] = coder(v) end
  return table.concat(out)
end
local function deltas(list)
  local out, last = {}, 0
  for i, v in ipairs(list) do out[i], last = v - last, v end
  return packed(out, zigzag)
end

-- Points on a grid of 12 by 12, in units of 100 nanodegrees.
local ids, lats, lons, keyvals, size = {}, {}, {}, {}, 12
for y = 0, size - 1 do
  for x = 0, size - 1 do
    local n = #ids + 1
    ids[n], lats[n], lons[n] = 1000 + n, 520000000 + y * 20000, 130000000 + x * 30000
    if (x + y) % 3 == 0 then
      for _, kv in ipairs { { "name", "Square " .. n }, { "place", n % 2 == 0 and "square" or "village" }, { "population", tostring(n * 17) } } do
        keyvals[#keyvals + 1] = str(kv[1]) keyvals[#keyvals + 1] = str(kv[2])
      end
    end
    keyvals[#keyvals + 1] = 0
  end
end
local ways = {}
local function way(refs, tags)
  local keys, values = {}, {}
  for _, kv in ipairs(tags) do keys[#keys + 1], values[#values + 1] = str(kv[1]), str(kv[2]) end
  ways[#ways + 1] = bytes(3, number(1, 5000 + #ways) .. bytes(2, packed(keys, varint)) .. bytes(3, packed(values, varint)) .. bytes(8, deltas(refs)))
end
local function id(x, y) return 1001 + y * size + x end
for y = 0, size - 1 do
  local refs = {}
  for x = 0, size - 1 do refs[#refs + 1] = id(x, y) end
  way(refs, { { "highway", y % 2 == 0 and "primary" or "residential" }, { "name", ("Row %d street"):format(y) }, { "lanes", tostring(y % 4 + 1) }, { "oneway", y % 3 == 0 and "yes" or "no" } })
end
for y = 0, size - 2, 2 do
  for x = 0, size - 2, 2 do way({ id(x, y), id(x + 1, y), id(x + 1, y + 1), id(x, y + 1), id(x, y) }, { { "building", "house" }, { "height", tostring(x * 2.5 + 3) }, { "name", "House " .. x .. "/" .. y } }) end
end

block("OSMHeader", bytes(1, signed(1, 12990000000) .. signed(2, 13050000000) .. signed(3, 52040000000) .. signed(4, 51990000000)) .. bytes(4, "OsmSchema-V0.6") .. bytes(4, "DenseNodes"))
local dense = bytes(2, bytes(1, deltas(ids)) .. bytes(8, deltas(lats)) .. bytes(9, deltas(lons)) .. bytes(10, packed(keyvals, varint)))
local out = {}
for i, s in ipairs(strings) do out[i] = bytes(1, s) end
local head = bytes(1, table.concat(out))
block("OSMData", head .. bytes(2, dense))
block("OSMData", head .. bytes(2, table.concat(ways)))

-- A compressor: LZ77 with hashed triples, Huffman codes from a tree, bits packed into bytes by arithmetic, CRC and Adler sums.
local scale = tonumber((...)) or 1
local floor, byte, char, concat = math.floor, string.byte, string.char, table.concat

local function lz(text)
  local out, heads, at, n = {}, {}, 1, #text
  while at <= n do
    local best, from = 0, 0
    if at + 2 <= n then
      local a, b, c = byte(text, at, at + 2)
      local key = a * 65536 + b * 256 + c
      local chain = heads[key]
      if chain then
        for i = #chain, math.max(1, #chain - 7), -1 do
          local p = chain[i]
          if at - p > 4095 then break end
          local length = 3
          while length < 18 and at + length <= n and byte(text, p + length) == byte(text, at + length) do length = length + 1 end
          if length > best then best, from = length, p end
        end
        chain[#chain + 1] = at
      else
        heads[key] = { at }
      end
    end
    if best >= 3 then
      local d = at - from
      out[#out + 1] = { best, d }
      at = at + best
    else
      out[#out + 1] = byte(text, at)
      at = at + 1
    end
  end
  return out
end
local function unlz(items)
  local out, n = {}, 0
  for _, item in ipairs(items) do
    if type(item) == "table" then
      local length, distance = item[1], item[2]
      for i = 1, length do
        n = n + 1
        out[n] = out[n - distance]
      end
    else
      n = n + 1
      out[n] = char(item)
    end
  end
  return concat(out)
end

-- Lengths are symbols 256 and up; a distance is twelve plain bits after them.
local function lengths(counts)
  local nodes = {}
  for symbol, count in pairs(counts) do nodes[#nodes + 1] = { count = count, symbol = symbol, low = symbol } end
  local function order(a, b)
    if a.count ~= b.count then return a.count > b.count end
    return a.low > b.low
  end
  table.sort(nodes, order)
  while #nodes > 1 do
    local a, b = table.remove(nodes), table.remove(nodes)
    local joined = { count = a.count + b.count, left = a, right = b, low = math.min(a.low, b.low) }
    local i = #nodes
    while i > 0 and order(joined, nodes[i]) do i = i - 1 end
    table.insert(nodes, i + 1, joined)
  end
  local result = {}
  local function walk(node, depth)
    if node.symbol then
      result[node.symbol] = math.max(depth, 1)
    else
      walk(node.left, depth + 1)
      walk(node.right, depth + 1)
    end
  end
  walk(nodes[1], 0)
  return result
end
local function codes(lens)
  local list = {}
  for symbol, length in pairs(lens) do list[#list + 1] = { symbol, length } end
  table.sort(list, function(a, b)
    if a[2] ~= b[2] then return a[2] < b[2] end
    return a[1] < b[1]
  end)
  local result, code, last = {}, 0, 0
  for _, entry in ipairs(list) do
    code = code * 2 ^ (entry[2] - last)
    last = entry[2]
    result[entry[1]] = code
    code = code + 1
  end
  return result
end

local function pack(items)
  local counts = {}
  for _, item in ipairs(items) do
    local symbol = type(item) == "table" and 253 + item[1] or item
    counts[symbol] = (counts[symbol] or 0) + 1
  end
  local lens = lengths(counts)
  local code = codes(lens)
  local out, buffer, filled = {}, 0, 0
  local function put(value, bits)
    buffer = buffer * 2 ^ bits + value
    filled = filled + bits
    while filled >= 8 do
      local unit = 2 ^ (filled - 8)
      local b = floor(buffer / unit)
      out[#out + 1] = char(b)
      buffer = buffer - b * unit
      filled = filled - 8
    end
  end
  for _, item in ipairs(items) do
    if type(item) == "table" then
      local symbol = 253 + item[1]
      put(code[symbol], lens[symbol])
      put(item[2], 12)
    else
      put(code[item], lens[item])
    end
  end
  if filled > 0 then put(0, 8 - filled) end
  return concat(out), lens, #items
end
local function unpack_bits(data, lens, count)
  local code, symbols = codes(lens), {}
  for symbol, length in pairs(lens) do symbols[length * 65536 + code[symbol]] = symbol end
  local at, buffer, left = 0, 0, 0
  local function bit()
    if left == 0 then
      at = at + 1
      buffer, left = data:byte(at), 8
    end
    left = left - 1
    if buffer >= 128 then
      buffer = (buffer - 128) * 2
      return 1
    end
    buffer = buffer * 2
    return 0
  end
  local items = {}
  for i = 1, count do
    local value, length, symbol = 0, 0, nil
    repeat
      value, length = value * 2 + bit(), length + 1
      symbol = symbols[length * 65536 + value]
    until symbol
    if symbol > 255 then
      local distance = 0
      for b = 1, 12 do distance = distance * 2 + bit() end
      items[i] = { symbol - 253, distance }
    else
      items[i] = symbol
    end
  end
  return items
end

local xors = {}
for a = 0, 15 do
  xors[a] = {}
  for b = 0, 15 do
    local r, unit, x, y = 0, 1, a, b
    for i = 1, 4 do
      if x % 2 ~= y % 2 then r = r + unit end
      x, y, unit = floor(x / 2), floor(y / 2), unit * 2
    end
    xors[a][b] = r
  end
end
local function bxor(a, b)
  local r, unit = 0, 1
  while a > 0 or b > 0 do
    local x, y = a % 16, b % 16
    r = r + xors[x][y] * unit
    a, b, unit = (a - x) / 16, (b - y) / 16, unit * 16
  end
  return r
end
local crcs = {}
for i = 0, 255 do
  local c = i
  for k = 1, 8 do
    if c % 2 == 1 then c = bxor(3988292384, (c - 1) / 2) else c = c / 2 end
  end
  crcs[i] = c
end
local function crc(text)
  local c = 4294967295
  for i = 1, #text do c = bxor(crcs[bxor(c % 256, byte(text, i))], floor(c / 256)) end
  return 4294967295 - c
end
local function adler(text)
  local a, b = 1, 0
  for c in text:gmatch(".") do
    a = (a + byte(c)) % 65521
    b = (b + a) % 65521
  end
  return b * 65536 + a
end

local words = {}
for w in ([[the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which]])
  :gmatch("%a+") do words[#words + 1] = w end
local seed = 7
local function sentence(n)
  local out = {}
  for i = 1, n do
    seed = (seed * 16807) % 2147483647
    out[i] = words[seed % #words + 1] .. (seed % 11 == 0 and "," or "")
  end
  return concat(out, " ") .. ".\n"
end
local saved, sum = 0, 0
for round = 1, math.floor(400 * scale + 0.5) do
  local lines = {}
  for i = 1, 40 do lines[i] = sentence(12) end
  local text = concat(lines)
  local data, lens, count = pack(lz(text))
  local again = unlz(unpack_bits(data, lens, count))
  assert(again == text)
  saved = saved + #text - #data
  sum = (sum + crc(data) + adler(again)) % 4294967296
end
print(("%d %.0f"):format(saved, sum))

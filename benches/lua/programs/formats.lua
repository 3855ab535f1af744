-- Records through formats: CSV read, JSON written and read, base64 there and back, queries parsed and made, all compared.
local scale = tonumber((...)) or 1

local csv = {}
function csv.parse(text)
  local rows, row, at = {}, {}, 1
  while at <= #text do
    local value
    if text:sub(at, at) == '"' then
      local parts = {}
      at = at + 1
      while true do
        local q = text:find('"', at, true)
        parts[#parts + 1] = text:sub(at, q - 1)
        at = q + 1
        if text:sub(at, at) ~= '"' then break end
        parts[#parts + 1] = '"'
        at = at + 1
      end
      value = table.concat(parts)
    else
      local stop = text:find("[,\n]", at)
      value = text:sub(at, stop - 1)
      at = stop
    end
    row[#row + 1] = value
    if text:sub(at, at) == "\n" then
      rows[#rows + 1] = row
      row = {}
    end
    at = at + 1
  end
  return rows
end
function csv.write(rows)
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for j, v in ipairs(row) do
      v = tostring(v)
      if v:find('[,"\n]') then v = '"' .. v:gsub('"', '""') .. '"' end
      cells[j] = v
    end
    lines[i] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

local json = {}
local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r" }
local unescapes = { n = "\n", t = "\t", r = "\r", ["/"] = "/", ['"'] = '"', ["\\"] = "\\", b = "\b", f = "\f" }
local function quote(s) return '"' .. s:gsub('[%c"\\]', function(c) return escapes[c] or ("\\u%04x"):format(c:byte()) end) .. '"' end
local function encode(v, out)
  local kind = type(v)
  if kind == "table" then
    if v[1] ~= nil or next(v) == nil then
      out[#out + 1] = "["
      for i = 1, #v do
        if i > 1 then out[#out + 1] = "," end
        encode(v[i], out)
      end
      out[#out + 1] = "]"
    else
      local keys = {}
      for k in pairs(v) do keys[#keys + 1] = k end
      table.sort(keys)
      out[#out + 1] = "{"
      for i, k in ipairs(keys) do
        if i > 1 then out[#out + 1] = "," end
        out[#out + 1] = quote(k)
        out[#out + 1] = ":"
        encode(v[k], out)
      end
      out[#out + 1] = "}"
    end
  elseif kind == "string" then
    out[#out + 1] = quote(v)
  elseif kind == "number" then
    out[#out + 1] = ("%.14g"):format(v)
  else
    out[#out + 1] = tostring(v)
  end
end
function json.encode(v)
  local out = {}
  encode(v, out)
  return table.concat(out)
end
function json.decode(text)
  local at = 1
  local value
  local function skip() at = text:find("%S", at) end
  local function str()
    local from, parts = at + 1, nil
    while true do
      local stop = text:find('["\\]', from)
      if text:byte(stop) == 34 then
        at = stop + 1
        local last = text:sub(from, stop - 1)
        if not parts then return last end
        parts[#parts + 1] = last
        return table.concat(parts)
      end
      parts = parts or {}
      parts[#parts + 1] = text:sub(from, stop - 1)
      local e = text:sub(stop + 1, stop + 1)
      if e == "u" then
        parts[#parts + 1] = string.char(tonumber(text:sub(stop + 2, stop + 5), 16) % 256)
        from = stop + 6
      else
        parts[#parts + 1] = unescapes[e]
        from = stop + 2
      end
    end
  end
  function value()
    skip()
    local c = text:sub(at, at)
    if c == "{" then
      local t = {}
      at = at + 1
      skip()
      while text:sub(at, at) ~= "}" do
        local k = str()
        at = text:find(":", at, true) + 1
        t[k] = value()
        skip()
        if text:sub(at, at) == "," then at = at + 1 skip() end
      end
      at = at + 1
      return t
    elseif c == "[" then
      local t = {}
      at = at + 1
      skip()
      while text:sub(at, at) ~= "]" do
        t[#t + 1] = value()
        skip()
        if text:sub(at, at) == "," then at = at + 1 skip() end
      end
      at = at + 1
      return t
    elseif c == '"' then
      return str()
    end
    local word = text:match("^[%w.+-]+", at)
    at = at + #word
    if word == "true" then return true elseif word == "false" then return false end
    return tonumber(word)
  end
  return value()
end

local base64 = {}
local alphabet, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", {}
for i = 1, 64 do digits[alphabet:byte(i)] = i - 1 end
local floor = math.floor
function base64.encode(s)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = s:byte(i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    local w, x, y, z = floor(n / 262144) + 1, floor(n / 4096) % 64 + 1, floor(n / 64) % 64 + 1, n % 64 + 1
    out[#out + 1] = alphabet:sub(w, w) .. alphabet:sub(x, x) .. (b and alphabet:sub(y, y) or "=") .. (c and alphabet:sub(z, z) or "=")
  end
  return table.concat(out)
end
function base64.decode(s)
  return (s:gsub("(.)(.)(.)(.)", function(w, x, y, z)
    local n = digits[w:byte()] * 262144 + digits[x:byte()] * 4096 + (digits[y:byte()] or 0) * 64 + (digits[z:byte()] or 0)
    local a, b, c = floor(n / 65536), floor(n / 256) % 256, n % 256
    if y == "=" then return string.char(a) elseif z == "=" then return string.char(a, b) end
    return string.char(a, b, c)
  end))
end

local query = {}
function query.encode(t)
  local parts = {}
  for k, v in pairs(t) do
    parts[#parts + 1] = k .. "=" .. tostring(v):gsub("[^%w._~-]", function(c) return ("%%%02X"):format(c:byte()) end)
  end
  table.sort(parts)
  return table.concat(parts, "&")
end
function query.decode(s)
  local t = {}
  for k, v in s:gmatch("([^&=]+)=([^&]*)") do
    t[k] = v:gsub("+", " "):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)
  end
  return t
end

local names = { "Ada \"the first\"", "Linus, again", "Grace\nHopper", "Dennis", "Ken\tT" }
local table_ = { { "id", "name", "score", "note" } }
for i = 1, 40 do table_[i + 1] = { tostring(i), names[i % 5 + 1], tostring(i * 1.25), ("note %d; "):format(i):rep(i % 3 + 1) } end
local text = csv.write(table_)
local sum = 0
for round = 1, math.floor(380 * scale + 0.5) do
  local rows = csv.parse(text)
  local records = {}
  for i = 2, #rows do
    local r = {}
    for j, column in ipairs(rows[1]) do r[column] = tonumber(rows[i][j]) or rows[i][j] end
    r.tags = { i % 2 == 0, { round % 10 } }
    records[#records + 1] = r
  end
  local document = json.encode({ round = round, records = records })
  local packed = base64.encode(document)
  local again = json.decode(base64.decode(packed))
  assert(json.encode(again) == document)
  for i, r in ipairs(again.records) do
    local q = query.decode(query.encode({ id = r.id, name = r.name, note = r.note }))
    assert(q.name == r.name and q.note == r.note)
    sum = (sum + r.score * 4 + #q.note) % 1000003
  end
  sum = sum + #packed
end
print(("%d"):format(sum))

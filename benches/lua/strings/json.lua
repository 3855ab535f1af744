-- JSON encoded and decoded in plain Lua, by find and byte.
local scale = tonumber((...)) or 1
local byte, find, sub, format = string.byte, string.find, string.sub, string.format

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t" }
local function quote(s)
  return '"' .. s:gsub('[%c"\\]', function(c) return escapes[c] or format("\\u%04x", byte(c)) end) .. '"'
end
local encode
local function encode_into(v, out)
  local kind = type(v)
  if kind == "table" then
    if v[1] ~= nil or next(v) == nil then
      out[#out + 1] = "["
      for i = 1, #v do
        if i > 1 then out[#out + 1] = "," end
        encode_into(v[i], out)
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
        encode_into(v[k], out)
      end
      out[#out + 1] = "}"
    end
  elseif kind == "string" then out[#out + 1] = quote(v)
  elseif kind == "number" then out[#out + 1] = format("%.14g", v)
  else out[#out + 1] = tostring(v) end
end
function encode(v) local out = {}; encode_into(v, out); return table.concat(out) end

local function skip(s, i) return find(s, "[^ \t\r\n]", i) end
local value
local unescape = { n = "\n", t = "\t", r = "\r", b = "\b", f = "\f" }
local function text(s, i)
  local parts, from = nil, i
  while true do
    local at = find(s, '["\\]', i)
    if byte(s, at) == 34 then
      local tail = sub(s, from, at - 1)
      if parts then parts[#parts + 1] = tail; tail = table.concat(parts) end
      return tail, at + 1
    end
    parts = parts or {}
    parts[#parts + 1] = sub(s, from, at - 1)
    local c = sub(s, at + 1, at + 1)
    if c == "u" then
      parts[#parts + 1] = string.char(tonumber(sub(s, at + 2, at + 5), 16) % 256)
      i = at + 6
    else
      parts[#parts + 1] = unescape[c] or c
      i = at + 2
    end
    from = i
  end
end
local constants = { t = { true, 4 }, f = { false, 5 }, n = { nil, 4 } }
function value(s, i)
  i = skip(s, i)
  local c = sub(s, i, i)
  if c == "{" then
    local t = {}
    i = skip(s, i + 1)
    while sub(s, i, i) ~= "}" do
      local k, v
      k, i = text(s, skip(s, i) + 1)
      i = skip(s, i) + 1
      v, i = value(s, i)
      t[k] = v
      i = skip(s, i)
      if sub(s, i, i) == "," then i = i + 1 end
      i = skip(s, i)
    end
    return t, i + 1
  elseif c == "[" then
    local t, n = {}, 0
    i = skip(s, i + 1)
    while sub(s, i, i) ~= "]" do
      n = n + 1
      t[n], i = value(s, i)
      i = skip(s, i)
      if sub(s, i, i) == "," then i = i + 1 end
      i = skip(s, i)
    end
    return t, i + 1
  elseif c == '"' then return text(s, i + 1)
  elseif constants[c] then return constants[c][1], i + constants[c][2]
  end
  local from, to = find(s, "^-?%d+%.?%d*[eE]?[+-]?%d*", i)
  return tonumber(sub(s, from, to)), to + 1
end

local document = { users = {}, total = 3, ok = true }
for i = 1, 40 do
  document.users[i] = {
    id = i, name = "User Number " .. i, email = "user" .. i .. "@example.org",
    tags = { "a", "bc", "quote\"d", "line\nbreak" }, score = i * 1.5, active = i % 2 == 0,
    address = { street = "Some Street " .. i * 3, city = "Springfield", zip = 10000 + i },
  }
end
local sum = 0
for i = 1, math.floor(370 * scale) do
  local s = encode(document)
  local d = value(s, 1)
  sum = sum + #s + #d.users + d.users[i % 40 + 1].score
end
print(string.format("%.10g", sum))

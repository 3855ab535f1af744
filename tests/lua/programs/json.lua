-- A JSON encoder and decoder, round trips, errors with positions, key orders as pairs gives them.
local json = {}
json.null = setmetatable({}, { __tostring = function() return "null" end })

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
local function quote(s)
  return '"' .. s:gsub('[%c"\\]', function(c) return escapes[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
end

local function encode(v, out, seen)
  local t = type(v)
  if v == json.null or v == nil then
    out[#out + 1] = "null"
  elseif t == "boolean" or t == "number" then
    if t == "number" and (v ~= v or v == math.huge or v == -math.huge) then error("number out of range") end
    out[#out + 1] = tostring(v)
  elseif t == "string" then
    out[#out + 1] = quote(v)
  elseif t == "table" then
    if seen[v] then error("reference cycle") end
    seen[v] = true
    if #v > 0 or next(v) == nil then
      out[#out + 1] = "["
      for i, item in ipairs(v) do
        if i > 1 then out[#out + 1] = "," end
        encode(item, out, seen)
      end
      out[#out + 1] = "]"
    else
      out[#out + 1] = "{"
      local first = true
      for k, item in pairs(v) do
        if type(k) ~= "string" then error("key of type " .. type(k)) end
        if not first then out[#out + 1] = "," end
        first = false
        out[#out + 1] = quote(k) .. ":"
        encode(item, out, seen)
      end
      out[#out + 1] = "}"
    end
    seen[v] = nil
  else
    error("cannot encode a " .. t)
  end
end
function json.encode(v) local out = {} encode(v, out, {}) return table.concat(out) end

local function where(text, at)
  local line, start = 1, 1
  for p in text:gmatch("()\n") do if p < at then line, start = line + 1, p + 1 end end
  return ("line %d column %d"):format(line, at - start + 1)
end
local function fail(text, at, message) error(message .. " at " .. where(text, at), 0) end
local function skip(text, at) return text:find("[^ \t\r\n]", at) or #text + 1 end
local unescape = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }
local function utf8(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xC0 + math.floor(code / 64), 0x80 + code % 64) end
  if code < 0x10000 then return string.char(0xE0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64) end
  return string.char(0xF0 + math.floor(code / 262144), 0x80 + math.floor(code / 4096) % 64, 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
end
local parse
local function parseString(text, at)
  local out, i = {}, at + 1
  while true do
    local j = text:find('["\\%c]', i)
    if not j then fail(text, at, "unfinished string") end
    out[#out + 1] = text:sub(i, j - 1)
    local c = text:sub(j, j)
    if c == '"' then return table.concat(out), j + 1 end
    if c ~= "\\" then fail(text, j, "control character") end
    local e = text:sub(j + 1, j + 1)
    if e == "u" then
      local hex = text:match("^%x%x%x%x", j + 2) or fail(text, j, "bad escape")
      local code, after = tonumber(hex, 16), j + 6
      if code >= 0xD800 and code < 0xDC00 then
        local low = text:match("^\\u(%x%x%x%x)", after)
        if low then code, after = 0x10000 + (code - 0xD800) * 1024 + tonumber(low, 16) - 0xDC00, after + 6 end
      end
      out[#out + 1] = utf8(code)
      i = after
    else
      out[#out + 1] = unescape[e] or fail(text, j, "bad escape")
      i = j + 2
    end
  end
end
function parse(text, at)
  at = skip(text, at)
  local c = text:sub(at, at)
  if c == "{" then
    local result = {}
    at = skip(text, at + 1)
    if text:sub(at, at) == "}" then return result, at + 1 end
    while true do
      if text:sub(at, at) ~= '"' then fail(text, at, "key expected") end
      local key
      key, at = parseString(text, at)
      at = skip(text, at)
      if text:sub(at, at) ~= ":" then fail(text, at, "':' expected") end
      result[key], at = parse(text, at + 1)
      at = skip(text, at)
      local d = text:sub(at, at)
      if d == "}" then return result, at + 1 elseif d ~= "," then fail(text, at, "',' or '}' expected") end
      at = skip(text, at + 1)
    end
  elseif c == "[" then
    local result = {}
    at = skip(text, at + 1)
    if text:sub(at, at) == "]" then return result, at + 1 end
    while true do
      result[#result + 1], at = parse(text, at)
      at = skip(text, at)
      local d = text:sub(at, at)
      if d == "]" then return result, at + 1 elseif d ~= "," then fail(text, at, "',' or ']' expected") end
      at = at + 1
    end
  elseif c == '"' then
    return parseString(text, at)
  end
  for word, value in pairs { ["true"] = true, ["false"] = false, null = json.null } do
    if text:sub(at, at + #word - 1) == word then return value, at + #word end
  end
  local number = text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if number and tonumber(number) then return tonumber(number), at + #number end
  fail(text, at, c == "" and "value expected" or "unexpected character '" .. c .. "'")
end
function json.decode(text)
  local v, at = parse(text, 1)
  at = skip(text, at)
  if at <= #text then fail(text, at, "end expected") end
  return v
end

for _, v in ipairs { 1, -1.5, 1e100, true, "text", "quote\" slash\\ \n\t\1", {}, { 1, 2, { 3, { 4 } } }, { a = 1, b = { c = "d" }, list = { "x", "y" } }, json.null } do
  local s = json.encode(v)
  print(s, json.encode(json.decode(s)) == s)
end
for _, s in ipairs { ' { "a" : [ 1 , 2.5e3 , -0.1 ] , "b" : null , "c" : "\\u00e9\\u20ac\\ud83d\\ude00\\/\\n" } ', "[]", "{}", "[[[[]]]]", '"\\u0041"', "true", "-12", '{"k":{"k":{"k":[]}}}' } do print(json.encode(json.decode(s))) end
for _, s in ipairs { "", "[1,", "[1 2]", '{"a" 1}', '{a:1}', '"abc', '"\\x"', "[1]x", "nul", "{\n\n  1\n}", '{"a":1,}', "[,]", "-", '"\\u12"', '"\1"', "[1\n,2\n,\n?]" } do print(pcall(json.decode, s)) end
for _, v in ipairs { print, 0 / 0, 1 / 0, { [1.5] = 1 }, { x = coroutine.create(function() end) } } do print(select(2, pcall(json.encode, v))) end
local loop = {} loop[1] = { loop } print(pcall(json.encode, loop))
local big = {} for i = 1, 2000 do big[i] = { id = i, name = "n" .. i, tags = { i % 3, "t" .. i % 5 }, ok = i % 2 == 0 } end
local text = json.encode(big) print(#text, json.encode(json.decode(text)) == text, text:sub(1, 120))

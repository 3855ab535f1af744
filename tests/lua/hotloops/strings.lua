-- Builtins on strings in hot loops: bytes, lengths, single characters, names of types, with all that may be passed to them.

local byte, sub, len = string.byte, string.sub, string.len
local texts = {
  "", "a", "ab", "\0", "a\0b", "1234567", "12345678", ("x"):rep(39) .. "y", ("x"):rep(40) .. "y", ("x"):rep(41) .. "z",
  ("long "):rep(50), "\255\254\128\127",
}
-- Made by appending, so that the bytes lie elsewhere.
local grown = ("start "):rep(60)
for i = 1, 200 do grown = grown .. i % 10 end
texts[#texts + 1] = grown

local nan = 0 / 0
local indices = {
  1, 2, 3, 7, 8, 39, 40, 41, 42, 43, 250, 251, 0, -0, -1, -2, -3, -7, -8, -40, -41, -42, -250, -251, -252, 1000, -1000,
  1.5, -1.5, 0.25, 2 ^ 31 - 1, 2 ^ 31, 2 ^ 31 + 1, -2 ^ 31, -2 ^ 31 - 1, 2 ^ 32, 2 ^ 32 + 1, -2 ^ 32 + 2, 2 ^ 52, -2 ^ 52,
}
local function told(...)
  local t = { n = select("#", ...), ... }
  for i = 1, t.n do t[i] = tostring(t[i]) end
  return t.n .. ":" .. table.concat(t, " ")
end

local function sum_bytes(s, n)
  local sum = 0
  for i = 1, n do
    local b = s:byte(i)
    if b then sum = (sum * 31 + b) % 1000003 else sum = sum + 1 end
  end
  return sum
end
local function sum_ends(s, n)
  local sum = 0
  for i = 1, n do
    local b = byte(s, -i)
    if b then sum = (sum * 31 + b + len(s) + #s + s:len()) % 1000003 else sum = sum + 1 end
  end
  return sum
end
local function count(s, c, n)
  local times, others = 0, 0
  for i = 1, n do
    local found = s:sub(i, i)
    if found == c then times = times + 1 elseif found == "" then others = others + 1 end
    if sub(s, -i, -i) == c then times = times + 1000 end
  end
  return times, others
end
for round = 1, 3 do
  for i, s in ipairs(texts) do
    print(i, sum_bytes(s, #s), sum_bytes(s, #s + 5), sum_ends(s, #s), sum_ends(s, #s + 5), count(s, "x", #s + 3))
  end
  print(sum_bytes(grown:rep(20), 10000), sum_ends(grown:rep(20), 10000), count(grown:rep(20), "t", 12000))
end

-- Each index with each string.
for _, i in ipairs(indices) do
  local results, sum = {}, 0
  for turn = 1, 4 do
    for k = 1, #texts do
      local s = texts[k]
      local b, c, d, e = s:byte(i), byte(s, i), s:sub(i, i), sub(s, i, i)
      results[k] = tostring(b) .. tostring(c) .. #d .. (d == e and d or "differ")
      if d ~= "" and d:byte() ~= b then print("other byte", i, k) end
    end
  end
  for k = 1, #texts do sum = (sum * 7 + #results[k] + (results[k]:byte(1, 1) or 0)) % 1000003 end
  print(i, sum, #results, results[3], results[#texts])
end

-- One loop, in which the kinds of arguments change.
local function try(f, ...) return told(pcall(f, ...)) end
local function bytes_of(values, indices, n)
  local last
  for turn = 1, n do
    local v, i = values[turn % #values + 1], indices[turn % #indices + 1]
    last = byte(v, i)
  end
  return last
end
local function first_of(values, n)
  local sum = 0
  for turn = 1, n do sum = sum + byte(values[turn % #values + 1]) end
  return sum
end
local function chars_of(values, indices, n)
  local last = ""
  for turn = 1, n do
    local v, i = values[turn % #values + 1], indices[turn % #indices + 1]
    last = sub(v, i, i) .. last:sub(1, 20)
  end
  return last
end
local function lengths_of(values, n)
  local sum = 0
  for turn = 1, n do
    local v = values[turn % #values + 1]
    sum = sum + len(v) + (type(v) == "string" and #v or 0)
  end
  return sum
end
for round = 1, 4 do
  print(try(bytes_of, { "abc", "def" }, { 1, 2, 3 }, 700))
  print(try(bytes_of, { "abc", 123, 4.5 }, { 1, "2", 3, "3" }, 700))
  print(try(bytes_of, { 12, 34, 56 }, { 1 }, 700))
  print(try(bytes_of, { "abc", {} }, { 1 }, 700))
  print(try(bytes_of, { "abc", nil }, { 1 }, 700))
  print(try(bytes_of, { "abc" }, { 1, {} }, 700))
  print(try(bytes_of, { "abc" }, { 1, "x" }, 700))
  print(try(bytes_of, { "abc" }, { 1, false }, 700))
  print(try(first_of, { "abc", 12, "d" }, 700))
  print(try(first_of, { "abc", "", "d" }, 700))
  print(try(first_of, { "abc", true, "d" }, 700))
  print(try(chars_of, { "abc", "defg" }, { 1, 2, 3, 4, -1 }, 700))
  print(try(chars_of, { "abc", 12345, "defg" }, { 1, 2, "3", 4, 1.5 }, 700))
  print(try(chars_of, { "abc", {} }, { 1 }, 700))
  print(try(chars_of, { "abc" }, { 1, 2, {} }, 700))
  print(try(lengths_of, { "abc", "", grown }, 700))
  print(try(lengths_of, { "abc", 12, 1e100, grown }, 700))
  print(try(lengths_of, { "abc", print }, 700))
end

-- Too few arguments, and too many.
local function few(n, kind)
  local x
  for i = 1, n do
    local late = i == n
    if kind == 1 then x = late and byte() or byte("abc", 1, 2)
    elseif kind == 2 then x = late and sub("abc") or sub("abc", 2, 2, 3)
    elseif kind == 3 then x = late and type() or type(i, i)
    elseif kind == 4 then x = late and len() or len("abc", 1)
    elseif kind == 5 then x = late and ("abc"):byte(nil) or ("abc"):byte(nil, nil)
    elseif kind == 6 then x = late and ("abc").byte() or ("abc").byte("d")
    else x = late and ("abc"):nothing() or ("abc"):byte() end
  end
  return x
end
for kind = 1, 7 do print(kind, try(few, 600, kind), try(few, 1, kind)) end

-- Names of types.
local co = coroutine.create(function() end)
local all = {
  1, 1.5, nan, -nan, 1 / 0, -1 / 0, -0, "text", "", true, false, {}, print, function() end, co, io.stdout, newproxy(), newproxy(true),
}
local counts = {}
for i = 1, 3000 do
  local v = all[i % (#all + 1) + 1]
  local kind = type(v)
  counts[kind] = (counts[kind] or 0) + 1
  if type(i) ~= "number" or type(i .. "") ~= "string" or type(all) ~= "table" or type(nil) ~= "nil" or type(i == 1) ~= "boolean" then
    print("wrong", i)
  end
end
for _, kind in ipairs { "nil", "boolean", "number", "string", "table", "function", "thread", "userdata" } do print(kind, counts[kind]) end

-- The functions replaced, the metatable of strings changed, within the loop.
local function changing(n)
  local sum, mt = 0, getmetatable("")
  local own = { byte = function(s, i) return 1000 + i end, len = function() return 7 end, sub = function(s, i) return "S" .. i end }
  for i = 1, n do
    local s = "abcdefghij"
    if i == 300 then type = function(v) return "my kind" end end
    if i == 350 then type = math.floor end
    if i == 351 then type = nil end
    if i == 400 then type = rawtype end
    if i == 450 then string.byte = function(s, i) return i * 100 end end
    if i == 500 then string.byte = rawbyte end
    if i == 550 then string.byte = string.len end
    if i == 551 then string.byte = nil end
    if i == 600 then string.byte = rawbyte end
    if i == 650 then mt.__index = own end
    if i == 700 then mt.__index = function(s, key) sum = sum + 1 return string[key] end end
    if i == 750 then mt.__index = setmetatable({}, { __index = string }) end
    if i == 800 then mt.__index = nil end
    if i == 850 then mt.__index = string end
    if i == 900 then setmetatable(string, { __index = own }) string.len = nil end
    if i == 950 then string.len = len setmetatable(string, nil) end
    if i == 1000 then mt.__len = function() return 5 end end -- never asked
    if i == 1050 then mt.__len = nil end
    if i == 1100 then debug.setmetatable("", nil) end
    if i == 1101 then debug.setmetatable("", mt) end
    if i == 1150 then debug.setmetatable("", { __index = own }) end
    if i == 1200 then debug.setmetatable("", mt) end
    local ok, v = pcall(function()
      local kind = i % 10 == 9 and type(i) or "number"
      return (s:byte(i % 10 + 1) or 1) + s:len() + #s + #s:sub(i % 10, i % 10) + #tostring(kind)
    end)
    if ok then sum = (sum * 3 + v) % 1000003 else print(i, v) end
    ok, v = pcall(function()
      local sum = 0
      for k = 1, 3 do sum = sum + s:byte(k) + s:len() + #s:sub(k, k) + #(type(sum) or "") + string.byte(s, k) end
      return sum
    end)
    if ok then sum = (sum * 3 + v) % 1000003 elseif i % 10 == 0 then print(i, v) end
  end
  return sum
end
rawtype, rawbyte = type, byte
for round = 1, 3 do print(changing(1500)) end

-- In functions that are called often.
local function char_kind(s, i)
  local c = s:sub(i, i)
  if c == "" then return "end" elseif c == " " then return "blank" end
  local b = s:byte(i)
  if b >= 48 and b <= 57 then return "digit" end
  return type(b) == "number" and "other" or "never"
end
local function scan(s)
  local i, kinds = 1, {}
  repeat
    local kind = char_kind(s, i)
    kinds[kind] = (kinds[kind] or 0) + 1
    i = i + 1
  until kind == "end"
  return (kinds.digit or 0) .. " " .. (kinds.blank or 0) .. " " .. (kinds.other or 0) .. " " .. (kinds["end"] or 0)
end
for round = 1, 300 do
  for _, s in ipairs { "a 1 b 22 c 333", "", "   ", "no digits", grown } do
    local result = scan(s)
    if round % 100 == 0 then print(result) end
  end
end

-- Sums of what is no number, from bytes; a string's characters as keys.
local map, out = {}, {}
for i = 0, 255 do map[string.char(i)] = i end
for i = 1, #grown do out[i] = map[grown:sub(i, i)] - grown:byte(i) end
local all_zero = true
for i = 1, #grown do all_zero = all_zero and out[i] == 0 end
print(all_zero)
-- Characters of which there is no string yet, after a collection.
for round = 1, 5 do
  collectgarbage()
  local s = "\1\2\3\4\5\6\7\14\15\16\17"
  local sum = 0
  for turn = 1, 60 do for i = 1, #s do sum = sum + #s:sub(i, i) + (s:sub(i, i) == "\14" and 100 or 0) end end
  print(sum)
end

-- Tail calls, results that nobody wants, or several.
local function tail(s, i) return s:byte(i) end
local function many(s, i) return s:byte(i), s:sub(i, i), #s, type(s) end
local last
for i = 1, 800 do
  local s = "some text"
  s:byte(1)
  byte(s, i)
  local a, b = s:byte(i % 9 + 1)
  local c, d, e, f, g = many(s, i % 9 + 1)
  if b ~= nil or c ~= a or d:byte() ~= a or e ~= 9 or f ~= "string" or g ~= nil or tail(s, i % 9 + 1) ~= a then print("wrong", i) end
  last = told(s:byte(1, i % 4))
end
print(last)
-- Lengths of strings and tables by turns, of results, and of what has none.
local function lengths(values, n)
  local sum = 0
  for i = 1, n do
    local v = values[i % #values + 1]
    sum = sum + #v + #tostring(i) + #(i % 3 == 0 and "abc" or values) + #("x"):rep(i % 50)
  end
  return sum
end
local holes = { 1, 2, nil, 4, x = 5 }
for round = 1, 3 do
  print(try(lengths, { "abc", "", grown, {} }, 700))
  print(try(lengths, { { 1, 2, 3 }, "text", {}, { n = 1 }, setmetatable({ 1 }, { __len = function() return 100 end }), holes }, 700))
  print(try(lengths, { "abc", {}, 5 }, 700))
  print(try(lengths, { "abc", {}, print }, 700))
  print(try(lengths, { "abc", setmetatable({}, {}), true }, 700))
end

-- `..` of texts of every length around those at which strings are made in another way, of numbers among them, and of what
-- has a metamethod between them. What is made must be the string that a table knows by these bytes.
local bytes = "abcdefghijklmnopqrstuvwxyz0123456789\0\255ABCDEFGHIJKLMNOP"
local known = {}
for len = 0, #bytes do known[bytes:sub(1, len)] = len end

local function two(a, b) return a .. b end
local function three(a, b, c) return a .. b .. c end
local function four(a, b, c, d) local s = a .. b .. c .. d return s end
local function into_itself(a, b) a = a .. b return a end
local function onto_another(a, b) b = a .. b return b end

local wrong = 0
for i = 0, #bytes do
  local a = bytes:sub(1, i)
  for j = i, #bytes do
    local b = bytes:sub(i + 1, j)
    for _, f in ipairs { two, into_itself, onto_another } do
      local whole = f(a, b)
      if known[whole] ~= j or #whole ~= j or whole ~= bytes:sub(1, j) then wrong = wrong + 1 end
    end
    for k = j, #bytes, 3 do
      local c = bytes:sub(j + 1, k)
      if known[three(a, b, c)] ~= k or known[four(a, "", b, c)] ~= k or known[four(a, b, c, "")] ~= k then wrong = wrong + 1 end
    end
  end
end
print("wrong", wrong)

for _, n in ipairs { 0, -0, 1, -1, 12345678, 0.1, -1e300, 1 / 3, 2 ^ 53, 1e15, 1e16, 1 / 0, -1 / 0 } do
  for _, s in ipairs { "", "x", "seven b", "eight by", "twenty-four bytes of it", ("forty "):rep(6) .. "byte", ("long "):rep(20) } do
    print(n .. s, s .. n, n .. s .. n, s .. n .. s, n .. "" .. n, (n .. s == tostring(n) .. s))
  end
end

local object = setmetatable({}, { __concat = function(a, b)
  return (type(a) == "table" and "object" or a) .. "|" .. (type(b) == "table" and "object" or b)
end })
print("a" .. object, object .. "b", "a" .. object .. "c", 1 .. 2 .. object .. 3 .. 4, object .. object, "a" .. "b" .. object)

for _, f in ipairs { function() return "a" .. nil end, function() return nil .. "a" end, function() return "a" .. "b" .. {} end,
    function() return {} .. "a" .. "b" end, function() return 1 .. true .. 2 end, function() local t = {} return "a" .. t.field .. "b" end } do
  print(pcall(f))
end
-- What the registers hold in the middle of it.
local function seen()
  local out = {}
  for i = 1, 8 do
    local name, value = debug.getlocal(2, i)
    if not name then break end
    out[#out + 1] = name .. "=" .. tostring(value)
  end
  return table.concat(out, " ")
end
local function shows(a, b) local c = a .. b .. "c" return seen(), c end
print(shows("first", 2))

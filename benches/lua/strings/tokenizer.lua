-- A tokenizer for a small language, by anchored patterns and by bytes.
local scale = tonumber((...)) or 1
local find, sub, byte = string.find, string.sub, string.byte

local source = ([[
-- a comment to be skipped
local function gauss(a, b, c)
  if a >= 10.5 and b ~= "text with \" quote" then
    return a * 3 + gauss(b - 1, c / 2, {1, 2, x = 'y'})
  else
    table_name.field[index] = nil .. "end"
  end
end
]]):rep(8)
local keywords = {}
for w in ("local function if then return else end nil and or not while do"):gmatch("%a+") do keywords[w] = true end

local function by_pattern(s)
  local at, counts = 1, { name = 0, keyword = 0, number = 0, string = 0, operator = 0 }
  while at <= #s do
    local _, e = find(s, "^%s+", at)
    if e then at = e + 1 end
    if at > #s then break end
    local kind
    _, e = find(s, "^%-%-[^\n]*", at)
    if not e then
      _, e = find(s, "^[%a_][%w_]*", at)
      if e then kind = keywords[sub(s, at, e)] and "keyword" or "name" end
    end
    if not e then _, e = find(s, "^%d+%.?%d*", at); kind = e and "number" end
    if not e then
      local q = sub(s, at, at)
      if q == '"' or q == "'" then
        e = at
        repeat
          e = find(s, q, e + 1, true)
        until byte(s, e - 1) ~= 92
        kind = "string"
      end
    end
    if not e then _, e = find(s, "^[=~<>]=", at); kind = "operator" end
    if not e then e = at; kind = "operator" end
    if kind then counts[kind] = counts[kind] + 1 end
    at = e + 1
  end
  return counts
end
local function by_bytes(s)
  local at, words, others = 1, 0, 0
  local n = #s
  while at <= n do
    local c = byte(s, at)
    if c >= 97 and c <= 122 or c >= 65 and c <= 90 or c == 95 then
      local from = at
      repeat at = at + 1; c = byte(s, at) until not c or not (c >= 97 and c <= 122 or c >= 65 and c <= 90 or c == 95)
      if not keywords[sub(s, from, at - 1)] then words = words + 1 end
    else
      if c > 32 then others = others + 1 end
      at = at + 1
    end
  end
  return words + others
end
local sum = 0
for i = 1, math.floor(1500 * scale) do
  local c = by_pattern(source)
  sum = sum + c.name + 2 * c.keyword + 3 * c.number + 4 * c.string + 5 * c.operator + by_bytes(source)
end
print(sum)

-- LZW compression and expansion with string dictionaries.
local scale = tonumber((...)) or 1
local char, sub = string.char, string.sub

local function compress(s)
  local dictionary, n, out = {}, 256, {}
  for i = 0, 255 do dictionary[char(i)] = i end
  local word = ""
  for i = 1, #s do
    local c = sub(s, i, i)
    local longer = word .. c
    if dictionary[longer] then word = longer
    else
      out[#out + 1] = dictionary[word]
      dictionary[longer] = n
      n = n + 1
      word = c
    end
  end
  if word ~= "" then out[#out + 1] = dictionary[word] end
  return out
end
local function expand(codes)
  local dictionary, n = {}, 256
  for i = 0, 255 do dictionary[i] = char(i) end
  local previous = dictionary[codes[1]]
  local out = { previous }
  for i = 2, #codes do
    local entry = dictionary[codes[i]] or previous .. sub(previous, 1, 1)
    out[#out + 1] = entry
    dictionary[n] = previous .. sub(entry, 1, 1)
    n = n + 1
    previous = entry
  end
  return table.concat(out)
end
local words, seed, text = { "the ", "cat ", "sat ", "on ", "a ", "mat ", "with ", "many ", "more." }, 3, {}
for i = 1, 4000 do seed = (seed * 16807) % 2147483647; text[i] = words[seed % 9 + 1] end
text = table.concat(text)
local sum = 0
for i = 1, math.floor(180 * scale + 0.5) do
  local codes = compress(text)
  if expand(codes) == text then sum = sum + #codes end
end
print(sum)

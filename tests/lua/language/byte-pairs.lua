-- Any two bytes between, before and behind names, numbers and strings: what the text means, or what its error says, and that it
-- does not matter in how many pieces the text comes.

local function pieces(text, size)
  local at = 1 - size
  return function()
    at = at + size
    if at <= #text then return text:sub(at, at + size - 1) end
  end
end

local function meaning(f, message)
  if not f then return message end
  return (string.dump(f):gsub("^.-=t%z", ""))
end

local frames = { { "x = a", "b" }, { "x = 1 ", " 2 " }, { "return {'a'", "7}" }, { "a", "\n= {}" }, { "", "" } }
local sum, good = 0, 0
for first = 0, 255 do
  for second = 0, 255 do
    for number, frame in ipairs(frames) do
      local text = frame[1] .. string.char(first, second) .. frame[2]
      local found = meaning(loadstring(text, "=t"))
      if (first * 256 + second) % 7 == number then
        local size = 1 + second % 3
        assert(meaning(load(pieces(text, size), "=t")) == found, text)
      end
      if loadstring(text, "=t") then good = good + 1 end
      for i = 1, #found, 3 do
        sum = (sum * 31 + found:byte(i)) % 4294967291
      end
    end
  end
  if first % 16 == 15 then print(first, good, sum) end
end

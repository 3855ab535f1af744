-- gmatch: words, pairs, numbers; a word count.
local scale = tonumber((...)) or 1

local text = ("key=value, number = 42, another=thing; width=100, height=7 -- and some words here\n"):rep(40)
local sum = 0
for i = 1, math.floor(1400 * scale) do
  local counts = {}
  for w in text:gmatch("%a+") do counts[w] = (counts[w] or 0) + 1 end
  for k, v in text:gmatch("(%w+)%s*=%s*(%w+)") do sum = sum + #k + #v end
  for n in text:gmatch("%d+") do sum = sum + n end
  for line in text:gmatch("[^\n]*") do sum = sum + #line end
  sum = sum + counts.key + counts.words
end
print(sum)

-- use.lua - uses the C module wordcount.
-- The host has put the module's folder into package.cpath.
local wordcount = require "wordcount"

print("version", wordcount.version)

local text = "the cat and the dog and the bird"
local counts, total = wordcount.count(text)
print("words", total)

local names = {}
for word in pairs(counts) do names[#names + 1] = word end
table.sort(names, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)
for _, word in ipairs(names) do print(("%-5s %d"):format(word, counts[word])) end

local initials = {}
for word in wordcount.words("One, two... three; four!") do
  initials[#initials + 1] = word:sub(1, 1):upper()
end
print("initials", table.concat(initials))

print("required again", require "wordcount" == wordcount)
print("no such module", pcall(require, "no.such.module") == false)
print(pcall(wordcount.count))

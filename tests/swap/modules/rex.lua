-- rex_pcre2 and rex_posix (lrexlib): the same work in both, with captures, iteration, replacement functions, errors.
for _, name in ipairs { "rex_pcre2", "rex_posix" } do
  local rex = require(name)
  print(name, rex.match("a word, another", "[a-z]+r[a-z]"), rex.find("hello world", "(w)(or)"), rex.count("banana", "an"))
  local re = rex.new "([[:alpha:]]+)=([[:digit:]]+)"
  print(re:match "x key=42 y", re:find("a=1 b=22", 4)) local from, to, places = re:exec "key=7" print(from, to, table.concat(places, " ")) local from, to, captures = re:tfind "z=9" print(from, to, captures[1], captures[2])
  for k, v in rex.gmatch("a=1, bb=22, ccc=333", "([a-z]+)=([0-9]+)") do io.write(k, ":", v, " ") end print()
  for part, sep in rex.split("one, two;three", "[,;] *") do io.write("[", part, "|", tostring(sep), "]") end print()
  print(rex.gsub("hello world", "o", "0")) print(rex.gsub("hello world", "([a-z]+)", "<%1>")) print(rex.gsub("abc", "[a-z]", { a = "1", b = false })) print(rex.gsub("hello big world", "([a-z]+)", function(w) return #w > 3 and w:upper() or nil end, 2))
  print(rex.gsub("a b c", " ", "-", function(from, to, repl) return from == 4 and "+" or nil end))
  print(pcall(rex.new, "(")) print(pcall(rex.new, "[")) print(pcall(rex.match)) print(pcall(rex.gsub, "a", "a", function() error "inside" end)) print(pcall(rex.gsub, "abc", "b", print))
  local text, n = ("lorem ipsum dolor sit amet "):rep(2000), 0
  for w in rex.gmatch(text, "[aeiou][a-z]") do n = n + 1 end print(n, select(2, rex.gsub(text, "i", "I")))
  local co = coroutine.wrap(function() for w in rex.gmatch("one two three", "[a-z]+") do coroutine.yield(w) end end) print(co(), co(), co())
  for i = 1, 500 do rex.new("x" .. i) end collectgarbage()
end
local rex = require "rex_pcre2"
print(rex.match("2024-05-06", [[(?<y>\d+)-(?<m>\d+)]]), rex.match("foobar", "foo(?=bar)"), rex.match("ABC", "b", 1, "i"), rex.find("x\ny", "^y", 1, "m"), pcall(rex.match, "aaaa", "(?R", 1))
local from, to, places = rex.new("(a)(b)?"):exec "a" print(from, to, places[1], places[2], places[3], places[4]) print(type(rex.new("(?<n>x)y").fullinfo), (rex.match("\0a\0", "a")))

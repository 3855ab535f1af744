-- Letters under a locale: their order, upper and lower case, the classes of patterns, dates.
local words = { "zebra", "Zebra", "ähre", "\228hre", "\246l", "ol", "cena", "chata", "hrad", "dum", "\232as", "ide", "Ide", "IDE", "\221de",
  "a", "b", "A", "B", "aa", "Ab", "a b", "a-b", "a\0b", "a\0a", "a\0", "", "\0", "10", "9", "caf\233", "cafe", "cafes", "\197ngstr\246m", "\195\165", "\195\164", "\195\182" }
local function show(s) return s and (s:gsub("[^\33-\126]", function(c) return "<" .. c:byte() .. ">" end)) end
table.sort(words)
for i = 1, #words do io.write(show(words[i]), " ") end
print()
-- every pair, by all operators
local row = {}
for i = 1, #words do
  for k = 1, #words do
    local a, b = words[i], words[k]
    row[k] = (a < b and 1 or 0) + (a <= b and 2 or 0) + (a > b and 4 or 0) + (a >= b and 8 or 0) + (a == b and 16 or 0)
    assert((a < b) == not (b <= a))
  end
  print(table.concat(row, " "))
end
-- compared with constants too
local a = "chata"
print(a < "d", "c" < a, a <= "h", a > "h", "i" < "I", "I" < "i", "\246" < "z", "z" < "\246")
-- the order is the locale's at once
local here = os.setlocale(nil, "collate")
for _, locale in ipairs { here, "C", here, "C", "POSIX", here } do
  local before, after = "B" < "a", "b" < "A"
  os.setlocale(locale, "collate")
  print(before, after, "B" < "a", "b" < "A", "chata" < "hrad", "a\0b" <= "a\0a", "a-b" > "aa")
end
-- every byte: case and classes
local upper, lower = {}, {}
for b = 0, 255 do
  local c = string.char(b)
  upper[#upper + 1], lower[#lower + 1] = c:upper():byte(), c:lower():byte()
end
print(table.concat(upper, " "))
print(table.concat(lower, " "))
for class in ("acdlpsuwxzACDLPSUWXZ"):gmatch(".") do
  local members = {}
  for b = 0, 255 do if string.char(b):find("%" .. class) then members[#members + 1] = b end end
  print(class, table.concat(members, " "))
end
-- in sets, frontiers, captures, gsub and gmatch
local text = "Gr\252\223e, \196pfel und \246l; \221stanbul \253l \236\237 na\195\175ve"
for _, pattern in ipairs { "%a+", "[%a]+", "[%u][%l]*", "%f[%a]%a+", "%w+", "[^%w%s]", "%l", "%u", "[a-z]+", "[\224-\255]+", "%A+" } do
  local found = {}
  for word in text:gmatch(pattern) do found[#found + 1] = show(word) end
  print(pattern, table.concat(found, "|"), (select(2, text:gsub(pattern, ""))))
end
print(show(text:upper()), show(text:lower()))
-- names of the lexer are ASCII or the locale's letters, as C says
for _, name in ipairs { "x", "\228", "\246l", "\195\164", "_\252" } do
  local f, message = loadstring("local " .. name .. " = 5 return " .. name, "=s")
  print(show(name), f and f() or show(message))
end
print(show(select(2, loadstring("x = \255", "=s"))), show(select(2, loadstring("x = \233\233 =", "=s"))))
-- spaces around numbers, by the locale's own
for _, s in ipairs { "\1605", "5\160", "\195\1605" } do print(show(s), tonumber(s), tonumber(s, 10)) end
-- the names of days and months, and the whole date
for _, format in ipairs { "%A", "%a", "%B", "%b", "%c", "%x", "%X", "%p" } do print(format, show(os.date("!" .. format, 86400 * 70))) end
-- locale by category
for _, category in ipairs { "all", "collate", "ctype", "monetary", "numeric", "time" } do print(category, os.setlocale(nil, category)) end
print(os.setlocale("C", "collate"))
table.sort(words)
for i = 1, #words do io.write(show(words[i]), " ") end
print()
print(os.setlocale("C", "ctype"), show(text:upper()), ("\228"):find("%a"))
-- %q and other escapes do not depend on it
print(show(string.format("%q", "\228\0\r\n")))

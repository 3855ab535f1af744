-- string.find of a short text in a short string, as many results as are wanted, and what is none of that: long ones,
-- patterns, other positions, other arguments.
local sum, lines = 0, {}
local function note(...)
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    sum = (sum * 31 + (v or 7) + i) % 1000003
  end
end

local text = ("abcabcdabcdeabcdefabcdefgabcdefghabcdefghi"):rep(2)
for len = 0, 44 do
  local s = text:sub(1, len)
  for from = 1, 12 do
    for n = 0, 9 do
      local what = text:sub(from, from + n - 1)
      note(s:find(what, 1, true))
      note(s:find(what))
      for init = 1, len + 2, 5 do
        note(s:find(what, init, true))
        note(s:find(what, init))
        note(s:find(what, -init, true))
      end
    end
  end
end
print(sum)

-- Every byte as what is looked for, behind and before others; NULs; bytes beyond the end that are 0, too.
for byte = 0, 255 do
  local c = string.char(byte)
  for _, s in ipairs { c, "ab" .. c, c .. "xy" .. c, ("\0"):rep(5) .. c, ("\255"):rep(9) .. c .. "\1\0\1", "\1\0\1" .. c, "" } do
    note(s:find(c, 1, true))
    note(s:find(c .. "\0", 1, true))
    note(s:find("\0" .. c, 2, true))
    local ok, from, to = pcall(string.find, s, "a" .. c)
    note(ok and 1 or 2, ok and from or nil, ok and to or nil)
    lines[#lines + 1] = not ok and ("%q: %s"):format(c, from) or nil
    ok, from, to = pcall(string.find, s, c)
    note(ok and 1 or 2, ok and from or nil, ok and to or nil)
  end
end
print(sum)
table.sort(lines)
for i = 1, #lines, 7 do print(lines[i]) end

-- Any number of results.
local s = "key=value"
local function all(...) return select("#", ...), ... end
s:find("=", 1, true)
local a = s:find("=", 1, true)
local b, c = s:find("val", 1, true)
local d, e, f = s:find("val", 1, true)
local g, h, i = s:find("none", 1, true)
print(a, b, c, d, e, f, g, h, i)
print(all(s:find("=", 1, true)))
print(all(s:find("none", 1, true)))
print(all((s:find("=", 1, true))))
print(s:find("=", 1, true), s:find("v", 1, true), (s:find("q", 1, true)))
print(({ s:find("e", 1, true) })[2], #{ s:find("e", 3, true), s:find("e", 3, true) })
local function tail(x) return s:find(x, 1, true) end
print(tail("lue"), tail("nothing"))
print(s:find("e", 2.0, true), s:find("e", "3", true), pcall(s.find, s, "e", 2.5, true))
print(s:find("e", nil, true), s:find("e", 0, true), s:find("e", -2, true), s:find("e", 1e10, true), s:find("e", -1e10, true))
print(s:find("%l", 1, false), s:find("%l", 1, nil), s:find("%l", 1, 0), s:find("%", 1, true))
print(("12345"):find(34), ("x"):find("x", 1, true, "more"), string.find(12345, 34, 1, true))
print(pcall(string.find), pcall(string.find, "a"), pcall(string.find, {}, "a", 1, true), pcall(string.find, "a", "a", {}, true))
print(s:find("", 1, true), s:find("", 20, true), s:find("", 10, true), (""):find("", 1, true), (""):find("a", 1, true))

-- In a loop that is hot, with texts that change their kind.
local texts = { "a", "key", "value=no", "=value-and-more", 5, ("v"):rep(50), "%a", "." }
local subjects = { s, ("key "):rep(20) .. s, "a5", 555, "" }
local count = 0
for i = 1, 20000 do
  local from, to = string.find(subjects[i % 5 + 1], texts[i % 8 + 1], i % 3 + 1, i % 11 ~= 0)
  if from then count = count + from * 3 + to end
end
print(count)

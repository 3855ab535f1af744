-- gsub with a function and many matches, some of which may have been found before the function is called for the one before.
local function logged(s, pattern, limit, answer)
  local log = {}
  local r, n = s:gsub(pattern, function(...) log[#log + 1] = table.concat({ ... }, ",") return answer and answer(#log, ...) end, limit)
  print(("%q"):format(pattern), limit, r, n, table.concat(log, "|"))
end
local subjects = { "", "a", "ab", "abcdefghijkl", "a b c d e f g", "one two three four five six", "xxxxxxxxxxxx", "a1b22c333d4444e" }
local patterns = { "", "a", "%w", "%w+", "%w*", ".", "()", "(%w)", "(%w+)", "%w()", "(%a)(%d*)", "^%w", "^(%w)", "^", "$", "%w+$", "x-", "x*", "()x", "[^%s]", "%f[%w]%w", "((.))" }
for _, s in ipairs(subjects) do for _, p in ipairs(patterns) do
  logged(s, p)
  logged(s, p, nil, function(n, c) return n % 3 == 0 and "<" .. c .. ">" end)
end end
for limit = -1, 9 do logged("abcdefgh", "%w", limit, string.upper) logged("abcdefgh", "", limit, function() return "-" end) logged("abcdefgh", "(%w)(%w)", limit) logged("abc", "^a", limit) end
-- every sort of answer, at the first match and at later ones
for at = 1, 7 do for _, answer in ipairs { "s", 12.5, false, {}, print } do
  print(at, pcall(string.gsub, "abcdefg", "%w", function(c) if c == ("abcdefg"):sub(at, at) then return answer end end))
end end
-- errors and yields in between; calls of gsub within
for at = 1, 7 do
  local seen = {}
  print(pcall(string.gsub, "abcdefg", "%w", function(c) seen[#seen + 1] = c if #seen == at then error("at " .. c, 0) end return c:upper() end))
  print(table.concat(seen))
end
local nested = ("a-b-c-d-e-f-g"):gsub("%w", function(c) return (("1 2 3 4 5 6 7"):gsub("%d", function(d) if d == "3" then return c end end)) end)
print(nested)
-- what is garbage meanwhile
local n = 0
local out = (("word "):rep(500)):gsub("%w+", function(w) n = n + 1 if n % 50 == 0 then collectgarbage() end return w .. n end)
print(n, #out, out:sub(1, 60), out:sub(-40))
-- tables with an __index function, and what was given as arguments
print((("abcdefg"):gsub("%w", setmetatable({ a = "A", c = false }, { __index = function(_, k) return k == "e" and "E" or nil end }))))
print((("abcdefg"):gsub("(%w)(%w)", setmetatable({}, { __index = function(_, k) return k .. k end }))))
string.gsub("abcdefg", "%w", function() local i, all = 1, {} while true do local name, v = debug.getlocal(2, i) if not name then break end all[#all + 1] = name .. "=" .. type(v) i = i + 1 end print(#all, table.concat(all, " ", 1, 3)) end, 6, "more", "and more")
-- a position that is asked for, and long subjects with few matches far apart
logged(("-"):rep(1000) .. "a" .. ("-"):rep(5000) .. "b" .. ("-"):rep(5000) .. "c", "()%w")
logged(("x"):rep(3000), ("x"):rep(100) .. "-y")

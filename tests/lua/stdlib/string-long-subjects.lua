-- Patterns against subjects that are much longer than what a matcher looks through at one go.

local function show(name, subject, pattern, ...)
  local results = { string.find(subject, pattern, ...) }
  for i = 1, #results do
    local r = results[i]
    results[i] = type(r) == "string" and ("%d bytes, %s...%s"):format(#r, r:sub(1, 3), r:sub(-3)) or tostring(r)
  end
  print(name, pattern:sub(1, 20), #results, table.concat(results, " "))
end

for _, n in ipairs { 2^18 - 1, 2^18, 2^18 + 1, 3 * 2^18 + 7 } do
  local letters = ("a"):rep(n)
  local ended = letters .. "=b"
  local digits = ("1"):rep(n) .. letters .. ("2"):rep(n)
  -- The reference tries every place for what fails: so that is anchored.
  for _, pattern in ipairs { "%d", "[%d_]", "[^a]", "[^%a]", "[y-z]", "a+", "%a+", "[a-c]+", "%a*$", "a-$", "%a-$", "%a+%f[%z]",
    "^a+:", "^%a*:", "^%a-:", "^.-:", "^.*:", "^[^=]+=", "%s*", "%s*$", "%s+$", "=?b", "%f[=].", "^()(%a-)()$" } do
    show("letters " .. n, letters, pattern)
  end
  for _, pattern in ipairs { "%a*=", "%a+=b", "%a-=", "()%a-()=()", "(%a*)(%a)=", "(%a+)(%a+)", "^%a+=", "^%a-=b$", "^(.-)=",
    "^(.*)=(.*)$", "[^=]*=", "[^=]+", "[=a]-b", "a?=", "[a-z]*[=:]", "%a+:?=", "(.+)=(.-)$", "a*=?b?$" } do
    show("ended " .. n, ended, pattern)
    show("from the middle " .. n, ended, pattern, n / 2)
  end
  for _, pattern in ipairs { "%a+", "%D+", "2+$", "%d*%a+%d*", "(%d-)(%a+)", "1*a", "1+a+2+$", "[12]*", "^%d-2", "^%d+2" } do
    show("digits " .. n, digits, pattern)
  end
  local deep = ("("):rep(n) .. ("x"):rep(n) .. (")"):rep(n)
  local pairs_of = "(" .. ("()"):rep(n)
  for _, pattern in ipairs { "%b()", "^%b()", "^%b()$", "^%b()x", "()%b()()", "%b(x", "%b((", "%bx)", "(%b())" } do
    -- What is never closed is looked for at every bracket.
    show("deep " .. n, deep, pattern, pattern == "%b(x" and n - 3 or 1)
    show("pairs " .. n, pairs_of, pattern, pattern == "%b(x" and #pairs_of - 5 or 1)
  end
  print(#letters:gsub("a", "bb"), select(2, ended:gsub("%a+", "x")), (ended:gsub("%a*", "x")), (ended:gsub("a-=", "y")))
  local count, bytes = 0, 0
  for run in digits:gmatch("%w%d*") do count, bytes = count + 1, bytes + #run end
  print(count, bytes)
  for a, b in digits:gmatch("(%a+)(%d+)") do print(#a, #b) end
end

-- long patterns
local long = ("a"):rep(9000)
show("a long pattern", long .. "b", long .. ".")
show("a long pattern", "xx" .. long .. "b", "(" .. long .. ")(.)")
show("a long pattern", long, long .. "a")
show("a long pattern", long:rep(3), long .. "-$")
show("a long set", "xxb", "[" .. long .. "b]")
show("a long set", "xxb", "[^" .. long .. "x]$")
show("many sets", "abcabcabd", "[a][b][c][ax][by][cz][a-b][b-c][c-d]$")
show("many sets", ("abc"):rep(99999) .. "d", "[ax][bx][cx][ax][by][cz][a-b]" .. ("x?"):rep(30) .. "[a-c]+[c-d]$")

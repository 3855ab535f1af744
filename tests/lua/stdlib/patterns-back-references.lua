-- Back-references, and `-` with what it ends at. Each pattern is used often, and with many subjects: what is made of it is not
-- what the first use had.
local subjects = {
  "", "a", "aa", "abab", "say \"it's\" ok", "'abc' x", "\"abc' \"x", "<b>bold</b> x", "<b>bold</i> <i>x</i></b>", "aXbXc", "abcabcabc",
  "[==[ long ]=] and ]] in it ]==] end", "[[]]", "key = value; other=1", "((a)(b)) [c]", "xxyyxxyy", "aabab", "0110", "a,b;c", ",;",
  ("ab"):rep(40) .. "cc", ("x"):rep(300) .. "yx", "%d %1", "\0a\0a", "--[[ c ]] d", "/* a * b */ c */",
}
local patterns = {
  "(.)%1", "(%w)%1", "([\"'])(.-)%1", "(['\"])%w+%1", "<(%w+)>.-</%1>", "%[(=*)%[(.-)%]%1%]", "(a+)b%1", "(a*)b%1", "(%w*)%1", "(%w-)%1$",
  "(.-)%1(.)", "^(.-)%1", "(%w)(%w)%2%1", "((%w)%2)", "((%w)(%w))%2", "(%w)%w-%1%w-%1", "(.)(.-)%1(.-)%2", "()%1", "(a)()%2", "(%1)", "(a%1",
  "%1", "(a)%2", "(%a?)x-%1", "(%b())%1", "%b().-%b[]", ".-[,;]", "(.-)[,;](.-)$", "(.-)%s*[=;]", "%a-[bc]", "%a-%d", "[^,]-;", "/%*.-%*/",
  "^(.-)=(.-);", "(.-)b(.-)c", ".-b.-b.-c", "x-y", "(x-)(y?)x", "a-b-c", "(a-)(b-)%1%2c", ".-%f[%w]", "%f[%w](.-)%f[%W]", "(.-)(%1)c", "[ab]-(c)%1",
  "(.-)%1", "a.-%", "a-[", "(a)%1[", "(.-", "(.-)%1)",
}
local function show(...)
  local t = { ... }
  for i = 1, select("#", ...) do t[i] = tostring(t[i]) end
  return (table.concat(t, "|"):gsub("[%z\n]", "?"))
end
for round = 1, 2 do
  for _, p in ipairs(patterns) do
    for i, s in ipairs(subjects) do
      print(p, i, show(pcall(string.find, s, p)), show(pcall(string.gsub, s, p, "<%0>")))
    end
    local n = 0
    pcall(function() for a in subjects[11]:gmatch(p) do n = n + #tostring(a) end end)
    print(p, n)
  end
end

-- Patterns made at random of pieces, on subjects of few letters.
local state = 7
local function random(n) state = (state * 16807) % 2147483647 return state % n + 1 end
local pieces = {
  "a", "b", ".", "(a)", "(.)", "(%w)", "(.-)", "([ab]-)", "(a*)", "(b+)", "%1", "%1", "%2", "[ab]-", ".-", "a-", "[bc]", "c", "$", "(%w?)", "x*", "%b()", "(",
  ")", "()",
}
for _ = 1, 1500 do
  local p = random(4) == 1 and "^" or ""
  for _ = 1, random(6) do p = p .. pieces[random(#pieces)] end
  local results = {}
  for i = 1, 22 do
    local s = ""
    for _ = 1, random(12) do s = s .. ("aabbcx()"):sub(random(8), -1):sub(1, 1) end
    results[i] = show(pcall(string.find, s, p))
  end
  print(p, table.concat(results, " "))
end

-- Patterns that are used again and again, as those of programs are: after a few times they are matched in another way.
local seed = 4711
local function random(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local function pick(t) return t[random(#t)] end
local function show(v)
  return type(v) == "string" and (v:gsub("[^\33-\126]", function(c) return "\\" .. c:byte() end)) or tostring(v)
end
local function all(...)
  local values = {}
  for i = 1, select("#", ...) do values[i] = show((select(i, ...))) end
  return table.concat(values, " ")
end

local items = { "a", "b", "x", ".", "%a", "%d", "%s", "%w", "%W", "%z", "%p", "%.", "[ab]", "[^a]", "[a-c]", "[%d%s]", "[^,]", "[%w_]", "," }
local quantifiers = { "", "", "", "*", "+", "-", "?" }
local rare = { "%b()", "%bab", "%baa", "%f[%a]", "%f[^%a]", "%f[%z]", "%1", "()" }
local usual = { "^%s*(.-)%s*$", "(.-),", "(.-)b", "([^,]*),", "^(%w+)%s*=%s*(%w+)$", "%s+$", "^%s+", "(%w+) (%w+)", "[^a]*b",
  "a.-b", "(a-)b", "[ab]-x", "%s*(.-)%s*$", "(.*)b", "(.-)$", "a(.-)b$", "()a*()", "(%a)(%d?)", "%f[%w]%w+", "%b()a", "^(.-)a+$",
  "[%a_][%w_]*", "%d+%.?%d*", "[ab]*[bc]", "x*a", "(x*)(a?)b", "a?b?c", "^a-$", "^a-b-$", "%a+", "a", "^", "$", "^$", "()", "",
  "((a)(b))", "(.-)%s*,", "a(.-)[ab]*=", ".-a*x", "(.-)%W*(1+)", "(a(b)c)()", "%a%", "[a", "(a", "a)", "%f", "a%b", "^%a*$", "%a*%d", "a\0b", "[^%s]+", "[%]x]+", "(a+)(a+)(a+)" }
local letters = { "a", "a", "a", "b", "b", "c", "x", "1", "2", " ", " ", "(", ")", ",", ".", "=", "_", "-", "\0", "\233", "A" }

local function subject()
  local bytes = {}
  for i = 1, random(24) - 1 do bytes[i] = pick(letters) end
  return table.concat(bytes)
end
local function pattern()
  if random(3) == 1 then return pick(usual) end
  local parts, open = { random(5) == 1 and "^" or "" }, 0
  for _ = 1, random(6) do
    local what = random(12)
    if what == 1 then parts[#parts + 1] = pick(rare)
    elseif what <= 3 then parts[#parts + 1] = "("; open = open + 1
    elseif what <= 5 and open > 0 then parts[#parts + 1] = ")"; open = open - 1
    else parts[#parts + 1] = pick(items) .. pick(quantifiers) end
  end
  return table.concat(parts) .. (")"):rep(open) .. (random(5) == 1 and "$" or "")
end

for _ = 1, 1500 do
  local p = pattern()
  print("pattern", show(p))
  for round = 1, 8 do
    local s = subject()
    if round == 8 then s = s:rep(random(30)) end
    print(show(s), all(pcall(string.find, s, p, random(8) - 4)), all(pcall(string.match, s, p)))
    print(all(pcall(string.gsub, s, p, "<%0>")), all(pcall(string.gsub, s, p, "%1.", random(3))))
    print(all(pcall(string.gsub, s, p, { a = 1, b = false, x = "X", [" "] = "" })))
    local found = {}
    print(pcall(function()
      for a, b in s:gmatch(p) do
        found[#found + 1] = show(a) .. show(b)
        if #found > 40 then break end
      end
    end), table.concat(found, ";"))
  end
end

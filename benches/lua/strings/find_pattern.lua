-- find and match with patterns: anchors, sets, captures, balanced, lazy and greedy repeats.
local scale = tonumber((...)) or 1

local lines = {
  "2011-05-17 12:34:56 [info] server started on port 8080",
  "2011-05-17 12:35:10 [warn] slow request (path=/index.html, ms=1534)",
  "local function name(first, second) return first + second end -- comment",
  "   indented text with trailing blanks     ",
  "f(a(b)c)(d) and \"quoted string\" plus 3.14e10",
}
local sum = 0
for i = 1, math.floor(63000 * scale) do
  local s = lines[i % 5 + 1]
  local y, m, d = s:match("^(%d+)-(%d+)-(%d+)")
  if y then sum = sum + d - m end
  local level = s:match("%[(%a+)%]")
  if level then sum = sum + #level end
  sum = sum + (s:find("%b()") or 0)
  sum = sum + #s:match("^%s*(.-)%s*$")
  sum = sum + (s:find("%-%-") or 0) + (s:find("[%w_]+%.[%w]+") or 0)
  local q = s:match('"([^"]*)"')
  if q then sum = sum + #q end
end
print(sum)

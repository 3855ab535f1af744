-- gsub with a table and a function: templates, escapes.
local scale = tonumber((...)) or 1

local entities = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ['"'] = "&quot;" }
local html = ('<a href="x">one & two</a> some more text to pass by, and <b>bold</b> '):rep(15)
local template = ("Dear $name, you owe $amount to $creditor since $date. "):rep(10)
local values = { name = "Joe", amount = "10", creditor = "Jane", date = "Monday" }
local sum = 0
for i = 1, math.floor(5500 * scale) do
  local a, n = html:gsub("[<>&\"]", entities)
  local b, m = template:gsub("%$(%w+)", values)
  local c, k = template:gsub("%$(%w+)", function(name) return name:upper() end)
  local d, l = html:gsub("%w", function(ch) if ch == "e" then return "E" end end)
  sum = sum + n + m + k + l + #a + #b + #c + #d
end
print(sum)

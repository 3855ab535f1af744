-- A small Markdown to HTML converter: lines, blocks, inline markup by gsub.
local scale = tonumber((...)) or 1

local function escape(s) return (s:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" })) end
local function inline(s)
  local codes = {}
  s = s:gsub("`([^`]+)`", function(c) codes[#codes + 1] = "<code>" .. escape(c) .. "</code>"; return "\1" .. #codes .. "\2" end)
  s = s:gsub("!%[([^%]]*)%]%(([^)]+)%)", '<img alt="%1" src="%2">')
  s = s:gsub("%[([^%]]+)%]%(([^)]+)%)", '<a href="%2">%1</a>')
  s = s:gsub("%*%*(.-)%*%*", "<strong>%1</strong>"):gsub("%*(.-)%*", "<em>%1</em>")
  return (s:gsub("\1(%d+)\2", function(n) return codes[tonumber(n)] end))
end
local function convert(text)
  local out, paragraph, list, code = {}, {}, false, nil
  local function flush()
    if #paragraph > 0 then out[#out + 1] = "<p>" .. inline(table.concat(paragraph, " ")) .. "</p>"; paragraph = {} end
    if list then out[#out + 1] = "</ul>"; list = false end
  end
  for line in text:gmatch("([^\n]*)\n") do
    if code then
      if line:match("^```") then out[#out + 1] = "<pre>" .. table.concat(code, "\n") .. "</pre>"; code = nil
      else code[#code + 1] = escape(line) end
    elseif line:match("^```") then flush(); code = {}
    elseif line:match("^#+%s") then
      flush()
      local marks, title = line:match("^(#+)%s+(.-)%s*#*$")
      out[#out + 1] = ("<h%d>%s</h%d>"):format(#marks, inline(title), #marks)
    elseif line:match("^%s*[-*]%s") then
      if not list then flush(); out[#out + 1] = "<ul>"; list = true end
      out[#out + 1] = "<li>" .. inline(line:match("^%s*[-*]%s+(.*)$")) .. "</li>"
    elseif line:match("^%s*$") then flush()
    else paragraph[#paragraph + 1] = line end
  end
  flush()
  return table.concat(out, "\n")
end
local document = ([[
# A title with `code` in it #

Some *emphasised* and **strong** text with a [link](http://example.org/a?b=c)
that goes on in the next line, and `inline <code> & more`.

* first item with **bold**
* second item, [linked](http://x.y)
- third one

## Section

```
if a < b and c > d then
  print("x & y")
end
```

Last paragraph with ![image](pic.png) and no more.

]]):rep(10)
local sum = 0
for i = 1, math.floor(1100 * scale) do sum = sum + #convert(document) end
print(sum)

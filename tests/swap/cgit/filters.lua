-- The filters of cgit: what is shown of a file, a readme, a message, an owner and an address. Each has filter_open with its
-- arguments, filter_write for every piece and filter_close; html and its kin write to the page.
local pieces, arguments

function filter_open(...)
  pieces, arguments = {}, { ... }
  assert(#arguments == select("#", ...))
end

function filter_write(text)
  pieces[#pieces + 1] = text
end

local keywords = { int = true, void = true, ["return"] = true }
local function colour(code)
  return (code:gsub("%a+", function(word) return keywords[word] and "<b class=kw>" .. word .. "</b>" end))
end

local function escape(text) return (text:gsub("[<>&]", { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;" })) end

function filter_close()
  local text = table.concat(pieces)
  html("<!-- " .. #pieces .. " pieces, " .. #text .. " bytes, " .. #arguments .. " arguments: ")
  for i = 1, #arguments do html_txt(arguments[i] .. ";") end
  html(" -->")
  local name = arguments[1] or ""
  if name:match "%.c$" then
    html(colour(escape(text)))
  elseif name:match "%.md$" then
    for line in text:gmatch "[^\n]+" do
      local depth, title = line:match "^(#+) (.*)"
      if depth then html(("<h%d>"):format(#depth)) html_txt(title) html(("</h%d>"):format(#depth))
      else html((escape(line):gsub("%*(.-)%*", "<em>%1</em>"))) end
    end
  elseif name:match "%.txt$" then
    local sum = 0
    for n in text:gmatch "%d+" do sum = sum + n end
    html("sum " .. sum)
  elseif name:match "@" then
    html "<i title='" html_attr(name) html "'>" html_txt(text) html "</i>" html_url_path "/a b" html_url_arg "c&d"
  else
    html((escape(text):gsub("bug #(%d+)", "<a href='/bug/%1'>bug #%1</a>")))
  end
  return 0
end

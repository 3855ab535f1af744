-- Hooks of elinks: pages are rewritten before they are formatted, a key is bound to a Lua function, and what
-- happens is written to a log at once (the driver of the test waits for its lines).
local home = os.getenv("HOME")
local function note(...)
  local file = assert(io.open(home .. "/hooks.log", "a"))
  file:write(table.concat({ ... }, " "), "\n")
  file:close()
end

local entities = setmetatable({}, { __index = function(_, name) return "[" .. name .. "?]" end })
entities.product = "libferrouslua"
entities.year = tostring(2000 + 26)

local function rows(spec)
  local out = {}
  for line in spec:gmatch("[^;]+") do
    local cells = {}
    for cell in line:gmatch("[^,]+") do cells[#cells + 1] = "<td>" .. cell:gsub("^%s*(.-)%s*$", "%1") .. "</td>" end
    out[#out + 1] = "<tr>" .. table.concat(cells) .. "</tr>"
  end
  return "<table border=1>" .. table.concat(out) .. "</table>"
end

function pre_format_html_hook(url, html)
  if not html:find("</body>", 1, true) then return nil end
  html = html:gsub("{{(%w+)}}", function(name) return entities[name] end)
  html = html:gsub("{%[(.-)%]}", rows)
  html = html:gsub("<!%-%-%s*lua:(.-)%-%->", function(code)
    local chunk, message = loadstring("return " .. code, "=page")
    if not chunk then return "<b>" .. message .. "</b>" end
    local ok, value = pcall(chunk)
    return (ok and "" or "<b>failed</b> ") .. tostring(value)
  end)
  local count = select(2, html:gsub("<p>", ""))
  html = html:gsub("</body>", "<hr><p>paragraphs: " .. count .. "</p></body>")
  note("format", (url:gsub("^.*/", "")), "\n" .. html)
  return html
end

function goto_url_hook(url, current)
  note("goto", (url:gsub("^.*/", "")))
  return url
end

function follow_url_hook(url)
  note("follow", (url:gsub("^.*/", "")))
  return url
end

function quit_hook()
  local words = {}
  for name in pairs(_G) do words[#words + 1] = name end
  table.sort(words)
  note("quit", _VERSION, table.concat(words, " "))
end

bind_key("main", "F", function()
  note("title", current_title())
  note("url", (current_url():gsub("^.*/", "")))
  note("link", (tostring(current_link()):gsub("^.*/", "")))
  note("formatted", "\n" .. current_document_formatted(60))
  note("document", #current_document())
  note("option", tostring(get_option("document.browse.margin_width")))
  for line in pipe_read("echo piped; echo twice"):gmatch("[^\n]+") do note("pipe", line) end
  note("keyed")
  return nil
end)

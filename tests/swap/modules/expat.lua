-- lxp (LuaExpat): a document of many elements parsed in pieces, every callback, namespaces, errors in text and in callbacks.
local lxp = require "lxp"
local function show(...)
  local t = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    if type(v) == "table" then
      local names = {}
      for _, n in ipairs(v) do names[#names + 1] = n .. "=" .. tostring(v[n]) end
      t[i] = "{" .. table.concat(names, " ") .. "}"
    else t[i] = type(v) == "userdata" and "parser" or tostring(v) end
  end
  return table.concat(t, " ")
end
-- A parser answers with itself: its address is not printed.
local plain = print
local function print(...)
  local t = { ... }
  for i = 1, select("#", ...) do if type(t[i]) == "userdata" then t[i] = "parser" end end
  plain(unpack(t, 1, select("#", ...)))
end
local function callbacks(out)
  local function record(name) return function(_, ...) out[#out + 1] = name .. " " .. show(...) end end
  return { StartElement = record "start", EndElement = record "end", CharacterData = record "text", Comment = record "comment", ProcessingInstruction = record "pi",
    StartCdataSection = record "cdata", EndCdataSection = record "/cdata", XmlDecl = record "decl", NotStandalone = function() return true end }
end
local document = '<?xml version="1.0" encoding="UTF-8"?><!-- first --><a x="1" y="two"><?go now?><b>text &amp; more &#233;</b><![CDATA[<raw>]]><c/></a>'
for _, piece in ipairs { #document, 1, 7 } do
  local out = {}
  local p = lxp.new(callbacks(out))
  for at = 1, #document, piece do assert(p:parse(document:sub(at, at + piece - 1))) end
  print(piece, p:parse(), p:pos()) p:close()
  print(table.concat(out, "\n"))
end
local out = {}
local p = lxp.new({ StartElement = function(p, name, attributes) out[#out + 1] = show(name, attributes, p:pos()) end, StartNamespaceDecl = function(_, prefix, uri) out[#out + 1] = "ns " .. tostring(prefix) .. " " .. uri end }, "|")
print(p:parse '<x xmlns="u:one" xmlns:t="u:two"><t:y t:a="1"/></x>', table.concat(out, "; ")) p:close()
for _, bad in ipairs { "<a><b></a>", "<a", "text", "<a>&nothing;</a>", "<a x=1/>", "<a x='1' x='2'/>", "\1" } do
  local p = lxp.new {}
  print(p:parse(bad), select(2, p:parse()), pcall(p.close, p))
end
local p = lxp.new { StartElement = function() error "in a callback" end }
print(pcall(p.parse, p, "<a/>"))
local p = lxp.new { StartElement = function(_, name) error { name } end }
local ok, e = pcall(p.parse, p, "<a/>") print(ok, type(e), e[1])
print(pcall(lxp.new)) print(pcall(lxp.new, 5)) print(pcall(lxp.new, { StartElement = 5 })) print(pcall(lxp.new, { Nothing = print }))
-- a tree of thousands of elements, with a stack of tables
local parts = { "<list>" }
for i = 1, 3000 do parts[#parts + 1] = ("<item id='%d'><name>n%d</name><v>%d</v></item>"):format(i, i, i * i) end
parts[#parts + 1] = "</list>"
local root, stack = nil, {}
local p = lxp.new { StartElement = function(_, name, a) local e = { name = name, id = a.id } if stack[#stack] then table.insert(stack[#stack], e) else root = e end stack[#stack + 1] = e end,
  EndElement = function() stack[#stack] = nil end, CharacterData = function(_, text) local e = stack[#stack] e.text = (e.text or "") .. text end }
print(p:parse(table.concat(parts)), p:parse(), #root, root[3000].id, root[77][1].text, root[77][2].text)
for i = 1, 200 do lxp.new {} :parse "<a>" end collectgarbage() print "end"

-- Text templates compiled to Lua and run: parsing by find, loading, buffers.
local scale = tonumber((...)) or 1
local load = loadstring or load

local function compile(template)
  local code, at = { "local data, out = ...\n" }, 1
  while true do
    local from, to, mark, text = template:find("<%%(=?)%s*(.-)%s*%%>", at)
    local literal = template:sub(at, (from or 0) - 1)
    if #literal > 0 then code[#code + 1] = ("out[#out + 1] = %q\n"):format(literal) end
    if not from then break end
    code[#code + 1] = mark == "=" and "out[#out + 1] = tostring(" .. text .. ")\n" or text .. "\n"
    at = to + 1
  end
  return assert(load(table.concat(code), "=template"))
end
local template = [[
<h1><%= data.title %></h1>
<ul>
<% for i, item in ipairs(data.items) do %>
  <li class="<%= i % 2 == 0 and 'even' or 'odd' %>"><%= item.name:upper() %>: <%= item.price * 2 %></li>
<% end %>
</ul>
<% if data.footer then %><p><%= data.footer %></p><% end %>
]]
local data = { title = "List", items = {}, footer = "the end" }
for i = 1, 30 do data.items[i] = { name = "item" .. i, price = i } end
local sum = 0
for i = 1, math.floor(3700 * scale) do
  local render = compile(template)
  for j = 1, 4 do
    local out = {}
    render(data, out)
    sum = sum + #table.concat(out)
  end
end
print(sum)

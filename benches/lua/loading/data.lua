-- Data as Lua source: large constructors with numbers, strings and nested tables, compiled and run.
local scale = tonumber((...)) or 1
local load = loadstring or load

local rows = {}
for i = 1, 1500 do
  rows[i] = string.format("{ id = %d, name = %q, pos = { %.3f, %.3f }, tags = { 'a', 'b%d' }, flag = %s },",
    i, "item \"" .. i .. "\"", i / 7, i * 1.25, i % 50, tostring(i % 2 == 0))
end
local source = "return {\n" .. table.concat(rows, "\n") .. "\n}"
local sum = 0
for i = 1, math.floor(130 * scale + 0.5) do
  local t = load(source)()
  sum = sum + #t + t[i].id + #t[i * 2].name
end
print(sum)

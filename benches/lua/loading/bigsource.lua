-- One big generated source compiled again and again.
local scale = tonumber((...)) or 1
local load = loadstring or load

local parts = {}
for i = 1, 400 do
  parts[#parts + 1] = string.format([[
local function f%d(a, b, ...)
  local t = { x = a, y = b, %d, "text %d", [a] = { ... } }
  for i = 1, #t do if t[i] ~= nil and i %% 2 == 0 then t.x = t.x + i else t.y = (t.y or 0) - i / 3 end end
  while a < b do a = a + 1; if a == 7 then break end end
  return function(c) return t.x * c + a .. "", not b, -c ^ 2, #t end, f and f(1, 2):method{ key = "value" }
end
global_%d = f%d
]], i % 100, i, i, i, i % 100)
  if i % 100 == 0 then parts[#parts] = parts[#parts] .. "do end\n" end
  if i % 90 == 0 then parts[#parts + 1] = "-- next\n" end
end
local chunks = {}
for i = 1, #parts, 80 do
  chunks[#chunks + 1] = "do\n" .. table.concat(parts, "", i, math.min(i + 79, #parts)) .. "end\n"
end
local source = table.concat(chunks)
local n = 0
for i = 1, math.floor(79 * scale + 0.5) do
  local f = assert(load(source, "=big"))
  n = n + #source
end
print(n)

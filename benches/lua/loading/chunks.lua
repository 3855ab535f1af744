-- Precompiled chunks read, as a program reads the modules that it keeps compiled.
local scale = tonumber((...)) or 1
local load = loadstring or load

local function source(n)
  local lines = { "local M = { name = 'module " .. n .. "' }" }
  for i = 1, 6 do
    lines[#lines + 1] = ("function M.f%d(a, b) local t = { first = a, second%d = b, 'text%d' }"):format(i, n, n + i)
    lines[#lines + 1] = "  for k, v in pairs(t) do if type(v) == 'number' then a = a + v end end"
    lines[#lines + 1] = ("  return function(x) return x + a * %d .. M.name end end"):format(n * i)
  end
  lines[#lines + 1] = "return M"
  return table.concat(lines, "\n")
end
local chunks = {}
for n = 1, 60 do chunks[n] = string.dump(load(source(n))) end
local sum = 0
for round = 1, math.floor(400 * scale) do
  for n = 1, #chunks do
    local module = load(chunks[n])()
    sum = sum + #module.name + #module.f3(n, round)(1)
  end
end
print(sum)

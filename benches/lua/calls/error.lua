-- Errors thrown and caught: strings with position, tables, from depth, by operations, with a handler.
local scale = tonumber((...)) or 1

local function thrower(i) error("failed with " .. i % 10) end
local function tabular(i) error({ code = i }) end
local function deep(n, i) if n == 0 then error(i, 0) end return (deep(n - 1, i)) end
local function faulty(x) return x.field.missing end
local function handler(e) return #tostring(e) end

local sum = 0
for i = 1, math.floor(150000 * scale) do
  local _, message = pcall(thrower, i)
  sum = sum + #message - #(message:match("^(.-:%d+: )"))
  local _, object = pcall(tabular, i)
  sum = sum + object.code % 3
  local _, number = pcall(deep, 10, i)
  sum = sum + number % 5
  local ok = pcall(faulty, {})
  sum = sum + (ok and 1 or 2)
  local _, length = xpcall(function() error("x", 0) end, handler)
  sum = sum + length
end
print(string.format("%.14g", sum))

-- What most small programs do once: a few loops, tables, closures, strings, a caught error.
local list, record = {}, { name = "a name", count = 0 }
for i = 1, 20 do list[i] = i * 2 end
for i, v in ipairs(list) do record.count = record.count + v end
for key, value in pairs(record) do list[#list + 1] = tostring(key) .. "=" .. tostring(value) end
local function adder(n) return function(x) return x + n end end
record.add = adder(3)
local Class = {}
Class.__index = Class
function Class.new(x) return setmetatable({ x = x }, Class) end
function Class:get() return self.x end
local ok, message = pcall(error, "caught")
if not ok then list[#list + 1] = message end
table.insert(list, Class.new(1):get())
table.sort(list, function(a, b) return tostring(a) < tostring(b) end)
print(string.format("%d %s", record.add(4), table.concat(list, ",")))
print(#list, ("text"):rep(2), ("text"):sub(1, 2), ("a,b"):find(",", 1, true))
local scale = tonumber((...)) or 1.5
local total, half = 0, 0.25
local function count(...) total = total + select("#", ...) return ... end
for i = 1, math.floor(10 * scale) do
  if i % 3 == 0 and total % 2 ~= 1 then count(i, i - 1, half) end
end
local grid = { { 1, 2, 3 }, { 4, 5, 6 } }
for row = 1, #grid do for column = #grid[row], 1, -1 do grid[row][column] = grid[row][column] * half end end
while total > 3 do total = total - 1 end
print(string.format("%.14g %s", total, grid[2][1]))

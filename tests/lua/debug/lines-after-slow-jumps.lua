-- Line events where a jump was taken by an operation that needed more than its usual path: a loop whose
-- values are strings or not a number, comparisons answered by metamethods.

local mt = { __lt = function(a, b) return true end, __eq = function() return true end, __le = function() return true end }
local a, b = setmetatable({}, mt), setmetatable({}, mt)
local seen = {}
debug.sethook(function(_, line) seen[#seen + 1] = line end, "l")
for i = "1", "0" do
  print("body", i) end
for i = 0/0, 5 do
  print("body", i) end
for i = "1", "2" do
  seen[#seen + 1] = "i" .. i end
if a < b then seen[#seen + 1] = "less"
  seen[#seen + 1] = "then"
else seen[#seen + 1] = "not"
  seen[#seen + 1] = "less" end
if a ~= b then seen[#seen + 1] = "other"
  seen[#seen + 1] = "then"
else seen[#seen + 1] = "same"
  seen[#seen + 1] = "else" end
if not (a <= b) then seen[#seen + 1] = "x" end if not (a == b) then
  seen[#seen + 1] = "y" else seen[#seen + 1] = "z" end
local n = 0
repeat n = n + 1
until a == b or n > 2
while a ~= b do
  n = n + 1 end
debug.sethook()
print(table.concat(seen, " "))

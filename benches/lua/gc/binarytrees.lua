-- Complete binary trees made, walked and dropped, with one long-lived tree.
local scale = tonumber((...)) or 1

local function make(depth)
  if depth == 0 then return {} end
  return { make(depth - 1), make(depth - 1) }
end
local function check(t) if t[1] then return 1 + check(t[1]) + check(t[2]) end return 1 end

local long = make(14)
local total = 0
for depth = 4, 12, 2 do
  for i = 1, math.floor(2 ^ (12 - depth) * 36 * scale + 0.5) do total = total + check(make(depth)) end
end
print(total, check(long))

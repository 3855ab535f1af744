-- Deep recursion: thousands of frames grow and shrink again and again.
local scale = tonumber((...)) or 1

local function ack(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ack(m - 1, 1) end
  return ack(m - 1, (ack(m, n - 1)))
end

local sum = 0
for i = 1, math.floor(19 * scale + 0.5) do sum = sum + ack(3, 6 + i % 2) + ack(2, 400) end
print(string.format("%.14g", sum))

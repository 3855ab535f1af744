-- Recursive generation from inside a coroutine: yields from depth.
local scale = tonumber((...)) or 1
local yield = coroutine.yield

local function permute(a, n)
  if n <= 1 then yield(a) return end
  for i = 1, n do
    a[n], a[i] = a[i], a[n]
    permute(a, n - 1)
    a[n], a[i] = a[i], a[n]
  end
end
local count, sum = 0, 0
for round = 1, math.floor(44 * scale + 0.5) do
  local a = { 1, 2, 3, 4, 5, 6, 7, 8 }
  for p in coroutine.wrap(function() permute(a, 8) end) do
    count = count + 1
    sum = (sum * 3 + p[1] + p[8] * 2) % 65521
  end
end
print(count, sum)

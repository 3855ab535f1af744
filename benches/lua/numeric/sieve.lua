-- The sieve of Eratosthenes over an array of booleans.
local scale = tonumber((...)) or 1

local count = 0
for round = 1, math.floor(16 * scale + 0.5) do
  local n, composite = 400000, {}
  for i = 1, n do composite[i] = false end
  count = 0
  for i = 2, n do
    if not composite[i] then
      count = count + 1
      for j = i + i, n, i do composite[j] = true end
    end
  end
end
print(count)

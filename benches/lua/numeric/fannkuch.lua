-- Pancake flips over all permutations: small arrays read and written in place.
local scale = tonumber((...)) or 1

local function fannkuch(n)
  local perm, count, work = {}, {}, {}
  for i = 1, n do perm[i] = i; count[i] = i end
  local most, checksum, sign = 0, 0, 1
  while true do
    local first = perm[1]
    if first ~= 1 then
      for i = 2, n do work[i] = perm[i] end
      local flips = 1
      while true do
        local next = work[first]
        if next == 1 then break end
        work[first] = first
        if first >= 4 then
          local i, j = 2, first - 1
          repeat work[i], work[j] = work[j], work[i]; i = i + 1; j = j - 1 until i >= j
        end
        first = next
        flips = flips + 1
      end
      if flips > most then most = flips end
      checksum = checksum + sign * flips
    end
    if sign == 1 then
      perm[1], perm[2] = perm[2], perm[1]; sign = -1
    else
      perm[2], perm[3] = perm[3], perm[2]; sign = 1
      for i = 3, n do
        local c = count[i]
        if c ~= 1 then count[i] = c - 1; break end
        if i == n then return checksum, most end
        count[i] = i
        local first = perm[1]
        for j = 1, i do perm[j] = perm[j + 1] end
        perm[i + 1] = first
      end
    end
  end
end
local sum = 0
for i = 1, math.floor(6 * scale + 0.5) do
  local c, m = fannkuch(8 + (i % 6 == 0 and 1 or 0))
  sum = sum + c + m
end
print(sum)

-- Eight queens by backtracking over arrays of booleans.
local scale = tonumber((...)) or 1

local function solve(n)
  local columns, up, down, found = {}, {}, {}, 0
  local function place(row)
    if row > n then found = found + 1 return end
    for c = 1, n do
      local u, d = row + c, row - c + n
      if not columns[c] and not up[u] and not down[d] then
        columns[c], up[u], down[d] = true, true, true
        place(row + 1)
        columns[c], up[u], down[d] = false, false, false
      end
    end
  end
  place(1)
  return found
end
local sum = 0
for i = 1, math.floor(480 * scale + 0.5) do sum = sum + solve(8) end
print(sum)

-- Queues and stacks: moving windows, breadth-first search on a grid.
local scale = tonumber((...)) or 1

local n = 80
local function search(wall)
  local distance, queue, head, tail = { [0] = 0 }, { 0 }, 1, 1
  while head <= tail do
    local at = queue[head]; queue[head] = nil; head = head + 1
    local d, x = distance[at] + 1, at % n
    local function visit(to)
      if to >= 0 and to < n * n and not distance[to] and to % wall ~= 3 then
        distance[to] = d; tail = tail + 1; queue[tail] = to
      end
    end
    if x > 0 then visit(at - 1) end
    if x < n - 1 then visit(at + 1) end
    visit(at - n); visit(at + n)
  end
  return distance[n * n - 1] or 0, tail
end
local sum = 0
for i = 1, math.floor(350 * scale + 0.5) do
  local d, reached = search(7 + i % 5)
  sum = sum + d + reached
end
print(sum)

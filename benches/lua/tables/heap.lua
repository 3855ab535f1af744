-- A binary heap in an array as a priority queue.
local scale = tonumber((...)) or 1
local floor = math.floor

local heap, size = {}, 0
local function push(x)
  size = size + 1
  local i = size
  while i > 1 do
    local parent = floor(i / 2)
    if heap[parent] <= x then break end
    heap[i] = heap[parent]
    i = parent
  end
  heap[i] = x
end
local function pop()
  local top, x = heap[1], heap[size]
  heap[size] = nil
  size = size - 1
  local i = 1
  while true do
    local child = 2 * i
    if child > size then break end
    if child < size and heap[child + 1] < heap[child] then child = child + 1 end
    if x <= heap[child] then break end
    heap[i] = heap[child]
    i = child
  end
  if size > 0 then heap[i] = x end
  return top
end
local seed, sum, last = 5, 0, 0
for i = 1, floor(330000 * scale) do
  seed = (seed * 16807) % 2147483647
  push(seed % 100000)
  if size > 1000 then sum = sum + pop() end
end
while size > 0 do
  local x = pop()
  if x >= last then sum = sum + 1 end
  last = x
end
print(sum)

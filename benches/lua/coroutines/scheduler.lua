-- A round-robin scheduler with many living tasks that sleep and pass messages.
local scale = tonumber((...)) or 1
local yield = coroutine.yield

local mailbox, queue, head, tail = {}, {}, 1, 0
local function spawn(f) tail = tail + 1; queue[tail] = coroutine.create(f) end
local log = 0
for id = 1, 1000 do
  spawn(function()
    for round = 1, math.floor(1500 * scale) do
      mailbox[(id * 7 + round) % 1000] = id
      yield()
      local m = mailbox[id % 1000]
      if m then log = (log + m) % 65521; mailbox[id % 1000] = nil end
    end
  end)
end
while head <= tail do
  local co = queue[head]; queue[head] = nil; head = head + 1
  coroutine.resume(co)
  if coroutine.status(co) ~= "dead" then tail = tail + 1; queue[tail] = co end
end
print(log, tail)

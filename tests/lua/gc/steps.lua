-- collectgarbage("step", n) does about as much as the reference's: not a cycle at a time, and not next to nothing.

local function filled(count, make)
  local live = {}
  for i = 1, count do live[i] = make(i) end
  collectgarbage()
  return live
end

local makers = {
  { "lists", function(i) return { i } end },
  { "records", function(i) return { x = i, y = i } end },
  { "empty", function() return {} end },
  { "closures", function(i) return function() return i end end },
}

-- A program may ask for steps of a size until one says that a cycle has ended.
for _, maker in ipairs(makers) do
  local live = filled(20000, maker[2])
  for _, size in ipairs { 0, 1, 10, 100, 1000, 100000 } do
    local calls = 0
    repeat calls = calls + 1 until collectgarbage("step", size) or calls > 20000
    print(maker[1], size, calls <= 20000, size < 100 or calls <= 30, size < 100000 or calls == 1, #live)
  end
end

-- Nothing is lost in cycles of steps, and all that was dropped goes.
do
  local dropped = setmetatable({}, { __mode = "v" })
  local live = filled(5000, function(i) return { i } end)
  for round = 1, 40 do
    for i = 1, 100 do
      local at = (round * 37 + i * 11) % 5000 + 1
      dropped[#dropped + 1] = live[at]
      live[at] = { at }
    end
    collectgarbage("step", round % 7)
  end
  local ends = 0
  for _ = 1, 100000 do
    if collectgarbage("step", 10) then ends = ends + 1 end
    if ends == 3 then break end
  end
  for i = 1, 5000 do assert(live[i][1] == i) end
  print(ends, next(dropped))
end

-- A program that stops the collector and drives it by steps of what it allocates does not outgrow it: garbage at once, a queue
-- whose items live for a while, and objects that are exchanged in no order. (`count` says nothing of what is allocated: cells
-- are swept where they are wanted. So the number of objects is told that take a kilobyte.)
local per_kilobyte = 14
local function held(size, turns, work)
  collectgarbage() collectgarbage()
  local before, most = collectgarbage("count"), 0
  for turn = 1, turns do
    collectgarbage("stop")
    for _ = 1, size * per_kilobyte do work() end
    collectgarbage("step", size)
    if turn > turns / 4 then most = math.max(most, collectgarbage("count")) end
  end
  collectgarbage("restart")
  return most / before < 3.5
end

for _, pause in ipairs { 200, 1000 } do
  local old = collectgarbage("setpause", pause)
  local live = filled(5000, function(i) return { i } end)
  print("garbage", held(20, 400, function() local t = { 1, 2, 3 } end))
  local first, last = 1, 5000
  print("queue", held(20, 400, function()
    last = last + 1
    live[last], live[first] = { last }, nil
    first = first + 1
  end))
  live = filled(5000, function(i) return { i } end)
  local seed = 1
  print("exchanged", held(20, 400, function()
    seed = (seed * 16807) % 2147483647
    live[seed % 5000 + 1] = { seed }
  end))
  collectgarbage("setpause", old)
end

-- Steps in each turn of a loop beside the collector's own.
do
  local live = filled(5000, function(i) return { i } end)
  local before, most = collectgarbage("count"), 0
  for turn = 1, 3000 do
    for i = 1, 20 do live[(turn * 20 + i) % 5000 + 1] = { i } end
    collectgarbage("step")
    most = math.max(most, collectgarbage("count"))
  end
  print("frames", most / before < 3)
end

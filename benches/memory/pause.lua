-- The longest time that one turn of a loop takes beside a big heap, in milliseconds, and the longest of
-- lua_gc(LUA_GCSTEP, 0). A turn makes one small object and changes what is live a little.
local scenario = ...

local turns = 400000
local live, turn

local build = {
  -- 300 MB of small objects, in the reference's sizes
  objects = function()
    live = {}
    for i = 1, 2000 do
      local row = {}
      for j = 1, 1000 do row[j] = { x = i, y = j } end
      live[i] = row
    end
    function turn(i) live[i % 2000 + 1][i * 7 % 1000 + 1] = { x = i, y = i } end
  end,
  -- as many, all in one table, which is changed while it is marked
  flat = function()
    live = {}
    for i = 1, 2000000 do live[i] = { x = i, y = i } end
    function turn(i) live[i * 7919 % 2000000 + 1] = { x = i, y = i } end
  end,
  -- 200 MB of strings; the making of them is measured too
  strings = function()
    live = {}
    for i = 1, 100 do live[i] = {} end
    function turn(i) live[i % 100 + 1][math.floor(i / 100) % 25000 + 1] = "a string of some length " .. i end
    turns = 2500000
  end,
  stringkeys = function()
    live = {}
    for i = 1, 2000000 do live["key" .. i] = i end
    function turn(i)
      live["key" .. i * 7919 % 2000000 + 1] = -i
      return { i }
    end
  end,
  numbers = function()
    live = {}
    for i = 1, 8000000 do live[i] = i end
    function turn(i) live[i * 7919 % 8000000 + 1] = { i } end
  end,
  weakvalues = function()
    live = setmetatable({}, { __mode = "v" })
    local hold = {}
    for i = 1, 2000000 do
      local o = { i }
      live[i] = o
      if i % 2 == 0 then hold[i / 2] = o end
    end
    function turn(i)
      local at = i * 7919 % 2000000 + 1
      local o = live[at]
      if not o then live[at] = { at } else hold[i % 1000000 + 1] = o end
    end
  end,
  weakkeys = function()
    live = setmetatable({}, { __mode = "k" })
    local hold = {}
    for i = 1, 2000000 do
      local o = {}
      live[o] = i
      if i % 2 == 0 then hold[i / 2] = o end
    end
    function turn(i)
      local o = {}
      live[o] = i
      live[hold[i * 7919 % 1000000 + 1]] = i
    end
  end,
  -- as weakvalues, but few die in one cycle
  weakheld = function()
    live = setmetatable({}, { __mode = "v" })
    local hold = {}
    for i = 1, 2000000 do
      hold[i] = { i }
      live[i] = hold[i]
    end
    function turn(i)
      local at = i * 7919 % 2000000 + 1
      hold[at] = { at }
      live[at] = hold[at]
    end
  end,
  coroutines = function()
    live = {}
    local function body() while true do coroutine.yield() end end
    for i = 1, 50000 do
      live[i] = coroutine.create(body)
      coroutine.resume(live[i])
    end
    function turn(i)
      coroutine.resume(live[i * 7919 % 50000 + 1])
      return { i }
    end
  end,
  finalized = function()
    live = {}
    local first = newproxy(true)
    getmetatable(first).__gc = function() end
    for i = 1, 1000000 do live[i] = newproxy(first) end
    function turn(i) live[i * 7919 % 1000000 + 1] = newproxy(first) end
  end,
  userdata = function()
    live = {}
    for i = 1, 1000000 do live[i] = newproxy() end
    function turn(i) live[i * 7919 % 1000000 + 1] = newproxy() end
  end,
}

build[scenario]()
local cpu = cpu
local worst, last = 0, cpu()
for i = 1, turns do
  turn(i)
  local now = cpu()
  if now - last > worst then worst = now - last end
  last = now
end
-- The host's steps: two whole cycles of them.
local worst_step, cycles = 0, 0
while cycles < 2 do
  local took, ended = step(0)
  if took > worst_step then worst_step = took end
  if ended then cycles = cycles + 1 end
end
print(worst * 1000, worst_step * 1000)

-- Tables that keep their size while keys leave and others come: what is found, and the traversal's order after each stretch.
-- The collector runs between stretches alone, so that removed keys are forgotten at the same times everywhere.
local R = dofile("support/rnd.lua")

local objects = {}
for i = 1, 40 do objects[i] = i % 2 == 0 and {} or function() return i end end

local makers = {
  function(i) return "k" .. i end,
  function(i) return 2 ^ 52 + i end,
  function(i) return -i end,
  function(i) return 2 ^ 52 + i % 7 * 2 ^ 32 + (50 - i % 7) end, -- seven that share one place
  function(i) return i / 8 end,
  function(i) return i % 2 == 0 end,
  function(i) return ("long "):rep(20) .. i end,
}

local function order(t)
  local out = {}
  for k, v in pairs(t) do out[#out + 1] = tostring(k):sub(-6) .. "=" .. v end
  return table.concat(out, " ")
end

--- Objects lie anywhere, so only what is found is compared where they are among the keys.
local function contents(t, has)
  local n = 0
  for k, v in pairs(t) do
    assert(has[k] == v)
    n = n + 1
  end
  for k, v in pairs(has) do assert(t[k] == v) end
  return n .. " entries"
end

for case = 1, 300 do
  R.seed(case)
  collectgarbage("stop")
  local with_objects = case % 3 == 0
  local t, has, room = {}, {}, {}
  for i = 1, 2 ^ (2 + R.int(5)) + 1 do
    room[i] = "room" .. i
    t[room[i]] = 0
  end
  for i = 1, #room do
    if R.chance(80) then t[room[i]] = nil else has[room[i]] = 0 end
  end
  local kinds = {}
  for i = 1, 3 do kinds[i] = R.pick(makers) end
  local parts = {}
  for stretch = 1, 8 do
    for step = 1, R.int(80) do
      local key
      if with_objects and R.chance(40) then key = R.pick(objects) else key = R.pick(kinds)(R.int(50)) end
      local value = R.chance(45) and step or nil
      t[key], has[key] = value, value
    end
    if R.chance(50) then collectgarbage() collectgarbage("stop") end
    parts[#parts + 1] = with_objects and contents(t, has) or contents(t, has) .. " " .. order(t)
  end
  local all = table.concat(parts, "\n")
  print(case, R.checksum(all), case % 30 == 0 and parts[#parts] or "")
end
collectgarbage("restart")

-- Keys that die with their objects, in weak tables.
for case = 1, 60 do
  R.seed(case + 1000)
  local t = setmetatable({}, { __mode = case % 2 == 0 and "k" or "v" })
  local kept = {}
  for step = 1, 400 do
    local object = {}
    if R.chance(20) then kept[#kept + 1] = object end
    if case % 2 == 0 then t[object] = step else t[R.pick(makers)(R.int(90))] = object end
    if R.chance(2) then collectgarbage() end
  end
  collectgarbage()
  local n, numbers = 0, {}
  for k, v in pairs(t) do n = n + 1 end
  for _, object in ipairs(kept) do numbers[#numbers + 1] = t[object] or "-" end
  print("weak", case, n, table.concat(numbers, " "))
end

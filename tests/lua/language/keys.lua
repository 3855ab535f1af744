-- Keys of every type in tables with and without metatables: read, stored, removed and stored again by the same
-- instructions, with an array part, with holes, and with collections in between.

local function get(t, k) return t[k] end
local function set(t, k, v) t[k] = v end

local keys = { {}, {}, function() end, print, coroutine.create(function() end), newproxy(), newproxy(true), true, false,
  "short", ("long"):rep(20), 1, 2, 0, -1, 1.5, 2^31, 2^53, 1 / 0, -1 / 0 }
local function every(t)
  for turn = 1, 3 do
    for i = 1, #keys do set(t, keys[i], i * turn) end
    local sum, n = 0, 0
    for i = 1, #keys do sum = sum + get(t, keys[i]) * i end
    for _ in pairs(t) do n = n + 1 end
    for i = 1, #keys, 2 do set(t, keys[i], nil) end
    local left = {}
    for i = 1, #keys do left[i] = tostring(get(t, keys[i])) end
    collectgarbage()
    for i = 1, #keys, 2 do set(t, keys[i], -i) end
    print(sum, n, table.concat(left, " "), get(t, {}), get(t, nil), get(t, function() end))
  end
end
every({})
every(setmetatable({}, {}))
every(setmetatable({}, { __index = function(t, k) return nil end }))
every({ 1, 2, 3, 4 })
every(setmetatable({}, { __mode = "v" }))

-- Misses go to __index and __newindex, hits do not.
local log = {}
local traced = setmetatable({ [keys[1]] = 1, [1] = 1, [3] = 3, 1, nil, 3 }, {
  __index = function(_, k) log[#log + 1] = "get " .. type(k); return "none" end,
  __newindex = function(t, k, v) log[#log + 1] = "set " .. type(k); rawset(t, k, v) end,
})
for i = 1, 4 do
  log = {}
  print(get(traced, keys[1]), get(traced, keys[2]), get(traced, 1), get(traced, 2), get(traced, 3), get(traced, 9))
  set(traced, keys[1], i); set(traced, keys[3], i); set(traced, 1, i); set(traced, 2, i); set(traced, 7, i)
  print(table.concat(log, ","))
  traced[keys[3]] = nil; traced[2] = nil; rawset(traced, 7, nil)
end

-- Arrays with metatables: holes and the places behind.
local backing = { 10, 20, 30, [keys[1]] = "k" }
local over = setmetatable({ 1, nil, 3, nil }, { __index = backing, __newindex = backing })
for i = 1, 3 do
  print(get(over, 1), get(over, 2), get(over, 3), get(over, 4), get(over, keys[1]), get(over, keys[2]))
  set(over, 2, i); set(over, 4, i * 2); set(over, keys[1], i)
  print(rawget(over, 2), rawget(over, 4), backing[2], backing[4], backing[keys[1]])
end
local plain = setmetatable({ 1, nil, 3, nil }, { __index = function(t, k) return k end })
for i = 1, 3 do
  print(get(plain, 2), get(plain, 4), get(plain, 5))
  set(plain, 2, i); set(plain, 4, i); set(plain, 5, i)
  print(get(plain, 2), get(plain, 4), get(plain, 5), #plain)
  set(plain, 2, nil); set(plain, 4, nil); set(plain, 5, nil)
end
local grown = setmetatable({}, {})
for i = 1, 100 do set(grown, i, i); if i % 10 == 0 then set(grown, i - 5, nil); set(grown, i - 5, {}) end end
print(#grown, grown[95] ~= nil, grown[99])

-- Objects as keys come and go; those that stay are found by the same address only.
local seen, live = {}, {}
for i = 1, 20000 do
  local o = { i }
  set(seen, o, i)
  if i % 100 == 0 then live[#live + 1] = o else set(seen, o, nil) end
end
collectgarbage()
local sum = 0
for i, o in ipairs(live) do sum = sum + get(seen, o) end
print(sum, (function() local n = 0; for _ in pairs(seen) do n = n + 1 end; return n end)())
local weak = setmetatable({}, { __mode = "k" })
for i = 1, 5000 do set(weak, live[i % #live + 1], i); set(weak, { i }, i) end
collectgarbage()
local n, total = 0, 0
for k, v in pairs(weak) do n = n + 1; total = total + get(weak, k) end
print(n, total)

-- Errors name what they always named.
print(pcall(set, {}, nil, 1)); print(pcall(set, {}, 0 / 0, 1)); print(pcall(set, nil, {}, 1)); print(pcall(get, nil, {}))
print(pcall(set, setmetatable({}, {}), nil, 1)); print(pcall(set, setmetatable({}, {}), 0 / 0, 1))

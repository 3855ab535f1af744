-- The live data change their kind from time to time, while a few of each kind live on: cells of one size are lent to others, and
-- none gets the bytes of another.
local live, count = {}, 3000
local seed = 42
local function random(n) seed = seed * 16807 % 2147483647 return seed % n + 1 end

local gone = 0
local counted = newproxy(true)
getmetatable(counted).__gc = function() gone = gone + 1 end

-- Each kind: an object that tells its number, and what tells it.
local kinds = {
  { function(i) return { x = i, y = -i } end, function(o) return o.x == -o.y and o.x end },
  { function(i) return ("x"):rep(60) .. i end, function(o) return tonumber((o:match("^x+(%d+)$"))) end },
  { function(i) return function() return i end end, function(o) return o() end },
  { function(i) return "key" .. i end, function(o) return tonumber(o:sub(4)) end },
  { function(i) local t = {} for j = 1, i % 20 + 1 do t[j] = i end return t end,
    function(o) for j = 1, #o do assert(o[j] == o[1]) end return o[1] end },
  { function(i) local a, b = i, 0 return function() b = b + 1 return a end end, function(o) return o() end },
  { function(i) return coroutine.wrap(function() while true do coroutine.yield(i) end end) end, function(o) return o() end },
  { function(i) return setmetatable({}, { __index = { n = i } }) end, function(o) return o.n end },
}
local proxies, made = {}, 0
local weak = setmetatable({}, { __mode = "k" })

local function check(from)
  local sum = 0
  for at, e in pairs(live) do
    local n = kinds[e.kind][2](e.value)
    assert(n == e.n, at)
    sum = sum + n
  end
  return sum
end

for phase = 1, 18 do
  local kind = phase * 5 % #kinds + 1
  for i = 1, count * 3 do
    local at = random(count)
    local n = phase * 100000 + i
    live[at] = { kind = kind, n = n, value = kinds[kind][1](n) }
    if i % 7 == 0 then
      proxies[random(200)] = newproxy(counted)
      made = made + 1
    end
    if i % 11 == 0 then weak[live[at]] = n end
  end
  print(phase, kind, check())
  for o, n in pairs(weak) do assert(o.n == n) end
  if phase % 6 == 0 then collectgarbage() end
end

live, proxies = nil, nil
collectgarbage() collectgarbage()
print(next(weak), made, gone == made)

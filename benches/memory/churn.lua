-- How much memory is held at most, relative to what is alive, by programs whose live data stay the same
-- size while objects come and go. Prints the ratio, and what is held after the end relative to the start.
local program = ...

local live, count = {}, 100000
local seed = 42
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n + 1
end

local make = {
  records = function(i) return { x = i, y = i } end,
  strings = function(i) return ("x"):rep(i % 61) .. i end,
  arrays = function(i)
    local t = {}
    for j = 1, i % 20 do t[j] = j end
    return t
  end,
  closures = function(i) return function() return i end end,
  mixed = function(i)
    local k = i % 5
    if k == 0 then return { x = i, y = i }
    elseif k == 1 then return ("x"):rep(i % 200) .. i
    elseif k == 2 then return { i, i, i, name = "n" .. i }
    elseif k == 3 then return function() return i end
    else return coroutine.wrap(function() return i end) end
  end,
  -- The live data change their kind from time to time.
  phases = function(i)
    local k = math.floor(i / 300000) % 3
    if k == 0 then return { x = i, y = i }
    elseif k == 1 then return ("x"):rep(60) .. i
    else return function() return i end end
  end,
}
local f = make[program]

for i = 1, count do live[i] = f(i) end
collectgarbage() collectgarbage()
local alive = held()
forget()
for i = 1, count * 15 do live[random(count)] = f(i) end
local _, most = held()
for i = 1, count do live[i] = f(i) end
collectgarbage() collectgarbage()
print(most / alive, held() / alive)

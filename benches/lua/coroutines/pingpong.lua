-- Values both ways between two coroutines and a scheduler.
local scale = tonumber((...)) or 1
local yield, resume, status = coroutine.yield, coroutine.resume, coroutine.status

local function player(step)
  return function(x)
    while true do x = yield(x + step, step) end
  end
end
local a, b = coroutine.create(player(1)), coroutine.create(player(2))
local x, sum = 0, 0
for i = 1, math.floor(2700000 * scale) do
  local _, v, s = resume(a, x)
  local _, w, r = resume(b, v)
  x = w % 1000
  sum = sum + x + s + r
end
print(string.format("%.14g", sum), status(a))

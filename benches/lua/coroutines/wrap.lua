-- Iterators by coroutine.wrap in generic for loops; a producer, a filter, a consumer.
local scale = tonumber((...)) or 1
local yield, wrap = coroutine.yield, coroutine.wrap

local function range(n) return wrap(function() for i = 1, n do yield(i) end end) end
local function odd(source) return wrap(function() for x in source do if x % 2 == 1 then yield(x) end end end) end
local function squares(source) return wrap(function() for x in source do yield(x * x, x) end end) end

local sum = 0
for i = 1, math.floor(5700 * scale) do
  for sq, x in squares(odd(range(600))) do sum = sum + sq - x end
end
print(string.format("%.14g", sum))

-- Doubly recursive Fibonacci: nothing but calls, one comparison and two additions.
local scale = tonumber((...)) or 1
local rounds = math.floor(84 * scale + 0.5)

local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

local sum = 0
for i = 1, rounds do sum = sum + fib(24 + i % 2) end
print(string.format("%.14g", sum))

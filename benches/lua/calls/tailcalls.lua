-- State machines by tail calls.
local scale = tonumber((...)) or 1

local even, odd
function even(n, acc) if n == 0 then return acc end return odd(n - 1, acc + 1) end
function odd(n, acc) if n == 0 then return -acc end return even(n - 1, acc + 2) end

local states = {}
function states.a(i, n) if i >= n then return i end return states.b(i + 1, n) end
function states.b(i, n) if i % 3 == 0 then return states.c(i + 1, n) end return states.a(i + 1, n) end
function states.c(i, n) return states.a(i + 2, n) end

local sum = 0
for i = 1, math.floor(9300 * scale) do
  sum = sum + even(1000 + i % 2, 0) + states.a(i % 5, 1000)
end
print(string.format("%.14g", sum))

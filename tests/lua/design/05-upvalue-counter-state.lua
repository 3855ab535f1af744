-- Upvalue counter state: a closure keeps its own count between calls.
local function counter()
  local n = 0
  return function() n = n + 1 return n end
end
local c1, c2 = counter(), counter()
print(c1(), c1(), c1(), c2(), c1(), c2())
assert(c1() == 5 and c2() == 3)
local function stepper(start, step)
  local n = start - step
  return function() n = n + step return n end, function() n = start - step end, function() return n end
end
local nxt, reset, peek = stepper(10, 5)
print(nxt(), nxt(), nxt(), peek())
reset()
print(nxt(), peek())
local total = 0
for i = 1, 1000 do c1() total = total + 1 end
assert(c1() == 1006 and total == 1000)

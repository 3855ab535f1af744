-- Coroutines that yield inside iterators which are Lua functions, in loops that are hot: in the reference no iterator may.

local function slow(last, i)
  if i % 3 == 2 then coroutine.yield(i) end
  if i < last then return i + 1 end
end
local function worker(last)
  return coroutine.wrap(function()
    local total = 0
    for turn = 1, 100 do
      for i in slow, last, 0 do total = total + i end
    end
    return "total", total
  end)
end
local a, b, yields = worker(6), worker(9), 0
local a_done, b_done
repeat
  if not a_done then
    local what, total = a()
    if what == "total" then a_done = total else yields = yields + what end
  end
  if not b_done then
    local what, total = b()
    if what == "total" then b_done = total else yields = yields + what end
  end
until a_done and b_done
assert(a_done == 100 * 21 and b_done == 100 * 45 and yields == 100 * (2 + 5) + 100 * (2 + 5 + 8))

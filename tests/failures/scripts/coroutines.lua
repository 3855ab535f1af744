local function gen(n)
  return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, {i}) end end)
end
local s = 0
for i = 1, 15 do
  for v in gen(i) do
    s = s + v
  end
end
assert(s == 680)
local co = coroutine.create(function(...) local x = pcall(coroutine.yield, ...) table.sort({3, 2, 1}, function(a, b) coroutine.yield() return a < b end) error({}) end)
while coroutine.resume(co, 1, 2) do
end
assert(coroutine.status(co) == 'dead')

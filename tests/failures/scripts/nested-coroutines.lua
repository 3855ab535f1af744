local function deep(n)
  if n == 0 then
    return coroutine.yield('x')
  end
  return coroutine.wrap(deep)(n - 1)
end
local w = coroutine.wrap(deep)
assert(w(12) == 'x')

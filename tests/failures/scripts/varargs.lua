local function f(...)
  local t = {...}
  return select('#', ...), #t, ...
end
for i = 1, 250, 25 do
  local t = {}
  for j = 1, i do
    t[j] = j
  end
  assert(f(unpack(t)) == i)
end
local function g(...)
  return arg.n
end

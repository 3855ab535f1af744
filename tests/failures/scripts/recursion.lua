local function f(n)
  if n == 0 then
    return 0
  end
  return 1 + f(n - 1)
end
assert(f(3000) == 3000)
local function g(n)
  if n == 0 then
    return 0
  end
  return (select(2, pcall(g, n - 1))) + 1
end
local ok, e = pcall(g, 50)
assert(ok, e)

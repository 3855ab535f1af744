local m = math
for i = 1, 4 do
  local x = i / 5
  local all = {m.abs(-x), m.acos(x), m.asin(x), m.atan(x), m.atan2(x, 1), m.ceil(x), m.cos(x), m.cosh(x), m.deg(x), m.exp(x), m.floor(x),
    m.fmod(7, x), m.frexp(x), m.ldexp(x, 3), m.log(x), m.log10(x), m.max(x, 1, 2), m.min(x, 1), m.mod(7, 3), m.modf(x), m.pow(x, 2),
    m.rad(x), m.random(), m.random(6), m.random(2, 9), m.sin(x), m.sinh(x), m.sqrt(x), m.tan(x), m.tanh(x)}
  m.randomseed(i)
  assert(#all == 30)
  for name, f in pairs(math) do
    if type(f) == 'function' and name ~= 'random' then
      assert(not check(pcall(f)), name)
      assert(not check(pcall(f, {})), name)
    end
  end
  assert(not check(pcall(m.random, 0)) and not check(pcall(m.random, 1, 2, 3)))
end

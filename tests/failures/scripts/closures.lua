local t = {}
for i = 1, 60 do
  local a, b = i, {}
  t[i] = function(x)
    a = a + x
    b[a] = x
    return a, b
  end
end
for i = 1, 60 do
  assert(t[i](1) == i + 1)
end

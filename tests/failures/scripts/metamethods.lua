local mt = {}
mt.__index = function(t, k)
  return k .. '!'
end
mt.__newindex = function(t, k, v)
  rawset(t, k, {v})
end
mt.__add = function(a, b)
  return setmetatable({}, mt)
end
mt.__concat = function(a, b)
  return 'c'
end
mt.__call = function(self, ...)
  return ...
end
mt.__eq = function()
  return true
end
mt.__lt = function()
  return true
end
mt.__len = function()
  return 3
end
mt.__unm = function(a)
  return a
end
for i = 1, 30 do
  local a, b = setmetatable({}, mt), setmetatable({}, mt)
  a.x = i
  assert(a.x[1] == i and b.y == 'y!')
  local c = a + b
  c = -c
  assert(a .. b == 'c' and a(1) == 1 and a == b and a < b)
end

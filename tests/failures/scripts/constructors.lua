for i = 1, 20 do
  local t = {1, 2, 3, {x = 1, y = {i}}, [10] = 3, n = 'n', f = function() end, unpack({1, 2, 3, 4, 5, 6})}
  assert(#t >= 4)
end

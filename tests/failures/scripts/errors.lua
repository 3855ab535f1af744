local function check(e)
  if e == 'not enough memory' then
    error(e, 0)
  end
  return e
end
for i = 1, 20 do
  local ok, e = pcall(function() local x = nil + i end)
  check(e)
  ok, e = pcall(error, {i})
  check(e)
  ok, e = pcall(error, 'text ' .. i, 2)
  check(e)
  ok, e = xpcall(function() local t = {} t.x.y = 1 end, debug.traceback)
  check(e)
  ok, e = pcall(string.rep)
  check(e)
end

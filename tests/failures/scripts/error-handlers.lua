for i = 1, 10 do
  local ok, e = xpcall(function() error('a' .. i) end, function(m) return {m, debug.traceback()} end)
  local ok, e = xpcall(function() error('a') end, function(m) error('b' .. m) end)
end

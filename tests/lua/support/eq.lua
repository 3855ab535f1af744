-- Shared by the scripts of undocumented/: prints what was got (without addresses and temporary names) and fails unless it
-- is what is expected.
-- Use: local eq = dofile("support/eq.lua")
return function(got, expected)
  local text = tostring(got):gsub("0x%x+", "ADDRESS"):gsub("/tmp/lua_%w+", "TEMPORARY")
  print((text:gsub("[^\n\t\32-\126]", function(c) return "<" .. c:byte() .. ">" end)))
  if got ~= expected then error("expected " .. tostring(expected) .. ", got " .. tostring(got), 2) end
end

local unused, x = 1
function globalFunction(a, b, ...)
  local a = a
  undefinedName = undefinedOther + x
  for i = 1, 10 do x = i end
  if x then elseif y then end
  return b; 
end
while true do local t = { a = 1, a = 2, [3] = 1, 1, 2, 3 } break end
string.foo = table.unpack
local s = "trailing" .. [[
long]]   
goto nowhere

local n = 0
for i = 1, 40 do
  local p = newproxy(true)
  getmetatable(p).__gc = function()
    n = n + 1
    local t = {n .. ''}
  end
  if i % 8 == 0 then
    p = nil
    collectgarbage()
  end
end
collectgarbage()

collectgarbage('setpause', 50)
collectgarbage('setstepmul', 400)
local t = {}
for i = 1, 300 do
  t[i % 17] = {t[i % 13], i .. ''}
  if i % 5 == 0 then
    collectgarbage('step', 1)
  end
end
collectgarbage('stop')
for i = 1, 50 do
  t = {t}
end
collectgarbage('restart')
collectgarbage()

-- Finalizers that run in the midst of a hot loop, and change its variables: as upvalues, by their tables, by debug.setlocal.

for mode = 1, 6 do
  local function run(bad)
    local n, x, t, s = 0, 1, {1, 2, 3}, 'a'
    local function fin() 
      if mode == 1 then x = bad elseif mode == 2 then t = bad elseif mode == 3 then n = 5 elseif mode == 4 then t[2] = bad elseif mode == 5 then s = bad 
      else debug.setlocal(3, 2, bad) end
    end
    for i = 1, 3000 do
      if i % 900 == 0 then local p = newproxy(true) getmetatable(p).__gc = fin p = nil end
      if i % 900 == 3 or i == 2 then collectgarbage() end
      n = (n + x + t[2] + t[1] + #s) % 10007
      t[1] = n
    end
    return n, x, s
  end
  for _, bad in ipairs{2, '3', 'x', {5, 6}, 0.5} do 
    local a, b, c = pcall(run, bad) print(mode, a, tostring(b):gsub('0x%x+', ''), tostring(c):gsub('0x%x+', '')) end
end

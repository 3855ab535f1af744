-- CVE-2024-46981, CVE-2026-23631: the State is closed after an error that came from a hook in a callback in a coroutine, while
-- others are suspended; finalizers of the close make objects, load, collect and resume.
-- expect-message: finalizers that were called: 20

local function object(gc) local p = newproxy(true) getmetatable(p).__gc = gc return p end
local closed = 0
for i = 1, 20 do
  _G["o" .. i] = object(function()
    closed = closed + 1
    object(function() closed = closed + 100 end) -- made too late to be called
    assert(loadstring("local t = {} for i = 1, 100 do t[i] = {i} end return t"))()
    collectgarbage()
    pcall(coroutine.wrap(function() coroutine.yield() end))
    if i == 1 then io.stderr:write("finalizers that were called: ", closed, "\n") end -- the first made is the last
  end)
  _G["c" .. i] = coroutine.wrap(function()
    local mine = object(function() end)
    pcall(function() coroutine.yield(mine) end)
  end)
  _G["c" .. i]()
end
local function leave()
  debug.sethook(function()
    return ("x"):gsub("x", function() table.foreach({ 1 }, function() error("the end") end) end)
  end, "l")
  local a = 1
  return a
end
coroutine.wrap(function() leave() end)()

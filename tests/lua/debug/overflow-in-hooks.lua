-- A stack that overflows when a hook is called has the position of the function that the hook interrupts, as any overflow.

local function hook() end
local function deeper(n) return 1 + deeper_still(n + 1) end
function deeper_still(n)
  local m = deeper(n)
  return m
end

for _, mask in ipairs { "c", "l", "r", "" } do
  debug.sethook(hook, mask, mask == "" and 1 or 0)
  local ok, message = pcall(deeper, 1)
  debug.sethook()
  print(mask, ok, (message:gsub(":%d+:", ":LINE:")))
end

-- In a coroutine too, and an error of the hook's own is nobody else's.
local co = coroutine.create(deeper)
debug.sethook(co, hook, "l")
print(select(2, coroutine.resume(co, 1)):gsub(":%d+:", ":LINE:"))
print(pcall(function()
  debug.sethook(function() debug.sethook() error("in the hook") end, "l")
  local x = 1
  return x
end))

-- CVE-2014-5461: a vararg function with many parameters that is called with few arguments, and with many, in fresh coroutines,
-- by every kind of call.

for _, parameters in ipairs { 0, 1, 2, 5, 10, 18, 19, 20, 21, 22, 40, 60, 80, 100 } do
  local names = {}
  for i = 1, parameters do names[i] = "p" .. i end
  local list = table.concat(names, ", ") .. (parameters > 0 and ", " or "")
  local f = assert(loadstring(("return function(%s...) local a, b = 1, 2 return %sselect('#', ...), a, b end"):format(list, list)))()
  local g = assert(loadstring(("return function(%s...) return ... end"):format(list)))()
  for arguments = 0, 250, 5 do
    local args = {}
    for i = 1, arguments do args[i] = i end
    local callable = setmetatable({}, { __call = function(_, ...) return f(...) end })
    local ways = {
      function() return f(unpack(args)) end, -- a tail call
      function() return unpack({ f(unpack(args)) }, 1, parameters + 3) end,
      function() return select(2, pcall(f, unpack(args))) end,
      function() return callable(unpack(args)) end,
      function() return coroutine.wrap(f)(unpack(args)) end,
    }
    for way = 1, #ways do
      local results = { coroutine.resume(coroutine.create(ways[way])) }
      assert(results[1], results[2])
      for i = 1, parameters do assert(results[1 + i] == args[i]) end
      local at = parameters + 2
      assert(results[at] == math.max(0, arguments - parameters) and results[at + 1] == 1 and results[at + 2] == 2)
    end
    local _, first = coroutine.resume(coroutine.create(g), unpack(args))
    assert(first == args[parameters + 1])
  end
end
-- Frames that need many registers, right at the end of a stack.
local names = {}
for i = 1, 190 do names[i] = "n" .. i end
local wide = assert(loadstring("local n = ... local " .. table.concat(names, ",") .. " = n if n > 0 then return 1 + R(n - 1) end return 0"))
R = wide
assert(wide(2000) == 2000)
local ok, message = pcall(wide, 1e7)
assert(not ok and message:find("stack overflow", 1, true), message)

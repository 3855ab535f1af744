-- What debug.getlocal sees in functions of the libraries that wait for what they called.
local function seen(level)
  local list = {}
  for i = 1, 6 do
    local name, value = debug.getlocal((level or 2) + 1, i)
    list[i] = name and name .. " " .. type(value)
  end
  return "[" .. table.concat(list, ", ") .. "]"
end
local function show() print(seen(2)) end

print(pcall(seen)) print(pcall(seen, 2, "more")) print(pcall(pcall, seen))
print(pcall(debug.getlocal, 1, 1)) print(pcall(pcall, debug.getlocal, 1, 1)) print(pcall(debug.setlocal, 1, 1, "set"))
print(pcall(function(...) show() return ... end, 1, 2)) print((pcall(show)))
local function tail() return pcall(seen) end print(tail())
print(xpcall(seen, print)) print(xpcall(error, function() return seen() end)) print(xpcall(show, 5)) print(xpcall(show, true))
print(pcall(error)) print(pcall(xpcall, show, print))
print(coroutine.wrap(function() return pcall(debug.getlocal, 1, 1) end)())

local t = setmetatable({}, { __index = function() return seen() end, __tostring = function() return seen() end, __call = function() return seen() end })
print(t.x, tostring(t), (t(1, 2)))
print(type(load(function() show() end)))
package.preload.waiting = function() show() end require "waiting"

-- a message handler stands where the error value was; below it, in a function of Lua, lies the bare message
local function handler(message) return seen(2) .. " " .. seen(3) .. " " .. tostring(message) end
local function failing(body) print(xpcall(assert(loadstring("local a, b = 1, {} " .. body)), handler)) end
failing "return a + b" failing "return a.x.y" failing "return a .. b" failing "return b()" failing "return a < b" failing "b[nil] = 1"
failing "local x = string.rep()" failing "error('s')" failing "error('s', 2)" failing "error(5)" failing "error()" failing "return error(true)"
failing "for i = 1, a, b do end" failing "string.format('%d', b)" failing "('x'):bad(1)" failing "assert(nil, 'msg')" failing "assert(nil)"
failing "setmetatable(1, 2)" failing "return setmetatable({}, { __index = function(t, k) return k + t end }).x" failing "for k in a do end"
failing "return -b" failing "return #a" failing "tostring(setmetatable({}, { __tostring = function() return a .. nil end }))"
failing "coroutine.resume(a)" failing "coroutine.yield(a)" failing "next({}, a)" failing "select(-5, a)" failing "unpack({}, 1, 1e8)"
print(xpcall(coroutine.wrap(function() local a = 1 return #a end), handler)) print(xpcall(string.rep, handler)) print(xpcall(nil, handler))

-- a thread's resumer, seen from a third
local outer = coroutine.create(function()
  local me = coroutine.running()
  local inner = coroutine.create(function(...)
    for level = 0, 1 do
      for i = 1, 4 do
        local name, value = debug.getlocal(me, level, i)
        print(level, i, name, type(value))
      end
    end
  end)
  print(coroutine.resume(inner, 1, 2))
  print(coroutine.wrap(function() print(debug.getlocal(me, 0, 1)) end)(1, 2))
end)
print(coroutine.resume(outer))

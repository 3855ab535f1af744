-- expect-status: 1
-- Error propagation with stack traces, through Lua functions, library functions and coroutines.
local function level3() error("deep") end
local function level2() level3() end
local function level1() level2() end
print(pcall(level1))
print(xpcall(level1, function(m) return "handled: " .. m end))
print(xpcall(level1, debug.traceback))
local function viaLibrary() table.foreach({ 1 }, function() level3() end) end
print(xpcall(viaLibrary, debug.traceback))
print(xpcall(function() table.sort({ 3, 2, 1 }, function() level3() end) end, debug.traceback))
print(xpcall(function() string.gsub("x", "x", function() level3() end) end, debug.traceback))
print(xpcall(function() local t = setmetatable({}, { __index = function() level3() end }) return t.x end, debug.traceback))
local co = coroutine.create(level1)
print(coroutine.resume(co))
print(debug.traceback(co))
print(pcall(pcall, level1))
print(pcall(error))
print(pcall(error, nil))
print(pcall(error, { 1 }) == false, type(select(2, pcall(error, {}))))
local ok, e = pcall(function()
  local ok, e = pcall(level1)
  error(e, 0)
end)
print(ok, e)
-- the uncaught error: message and traceback on standard error, exit status 1
level1()

for i = 1, 20 do
  local f = setfenv(function() y = 1 return getfenv(1) end, setmetatable({}, {__index = _G}))
  assert(f().y == 1)
end
module('failures_module', package.seeall)
local x = 1
_G.package.loaded.failures_module = nil
_G.failures_module = nil

-- expect-status: 1
-- An error inside a wrapped coroutine reaches the main program.
local function body() local t = nil; return t.x end
local co = coroutine.wrap(function() body() end)
local function caller() co() end
caller()

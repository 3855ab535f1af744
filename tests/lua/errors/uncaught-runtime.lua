-- expect-status: 1
-- An uncaught runtime error: message and traceback through every kind of frame on standard error.
local t = {}
function t:method(f) f() end
function globalf(f) t:method(f) end
local function localf(f) globalf(f) end
local function tailf(f) return localf(f) end
table.foreach({ 1 }, function() tailf(function() string.gsub("x", "x", function() local n = nil; n.field = 1 end) end) end)

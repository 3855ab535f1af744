-- expect-status: 1
-- debug.traceback replaced or missing: the stand-alone still reports.
debug.traceback = nil
local function f() error("no traceback function") end
f()

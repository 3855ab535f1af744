-- expect-status: 1
-- An uncaught stack overflow.
local function rec() return 1 + rec() end
rec()

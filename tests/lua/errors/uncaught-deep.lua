-- expect-status: 1
-- The traceback of a deep stack is shortened in the middle.
local function rec(n) if n == 0 then error("at the bottom") end rec(n - 1) end
rec(100)

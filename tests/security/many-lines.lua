-- More lines than a line number holds; the reference crashes on its way there.

local n = 0
local block = ("\n"):rep(2^22)
local f, message = load(function() n = n + 1 if n <= 600 then return block end end)
assert(not f and message:find("chunk has too many lines", 1, true), message)
-- 2^25 lines and an error in the last: the number is right.
n = 0
f, message = load(function() n = n + 1 if n <= 8 then return block elseif n == 9 then return "x x" end end, "=c")
assert(not f and message:find(("c:%d:"):format(2^25 + 1), 1, true), message)

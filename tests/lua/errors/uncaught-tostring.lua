-- expect-status: 1
-- An error value with __tostring.
error(setmetatable({}, { __tostring = function() return "error object's own text" end }))

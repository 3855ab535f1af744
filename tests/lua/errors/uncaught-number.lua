-- expect-status: 1
-- An error value that is a number.
error(42)

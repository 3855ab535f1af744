-- expect-status: 1
-- An error value that is a table: the stand-alone's message.
error({ code = 5 })

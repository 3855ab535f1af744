-- expect-status: 3
-- os.exit ends at once with the given status, buffers flushed.
io.write("before, without newline")
os.exit(3)

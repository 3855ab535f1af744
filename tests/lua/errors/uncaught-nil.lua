-- expect-status: 1
-- An error without a value.
print("before")
error()

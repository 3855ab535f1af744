-- expect-status: 1
-- A script that does not compile.
print("never")
x = = 1

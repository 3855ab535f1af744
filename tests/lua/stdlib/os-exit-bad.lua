-- expect-status: 1
-- An argument that is not a number is an error, also for a boolean in 5.1.
print(pcall(os.exit, true)) print(pcall(os.exit, {})) print(pcall(os.exit, "x"))
os.exit(257)

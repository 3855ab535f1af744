-- os.exit without an argument is success; from inside pcall, a coroutine and nested calls.
print("before")
pcall(function() coroutine.wrap(function() table.foreach({ 1 }, function() os.exit() end) end)() end)
print("not reached")

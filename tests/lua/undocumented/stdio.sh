# print and io write through C's stdout: what a child process writes comes where it was started, once the buffer is flushed.
lua -e 'io.write("one ") io.stdout:flush() os.execute("printf two\\ ") print("three")'
lua -e 'io.write("one ") io.popen("printf two\\  >&2"):close() print("three")' 2>&1
lua -e 'io.stdout:setvbuf("no") io.write("one ") os.execute("printf two\\ ") print("three")'
lua -e 'io.write("lost?") error("after", 0)' 2>&1
lua -e 'io.write("kept") os.exit(0)'
echo
# a reader that went away ends the command by a signal, as any C program
lua -e 'for i = 1, 1e5 do print(i) end' | head -n 1

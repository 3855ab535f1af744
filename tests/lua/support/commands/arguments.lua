print(...)
for i = -9, 9 do if arg[i] then io.write(i, "=", arg[i], " ") end end
print(#arg)

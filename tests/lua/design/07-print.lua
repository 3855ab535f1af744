-- print: every type, several arguments, tabs, __tostring, a replaced tostring, embedded zeros.
print()
print(nil)
print(true, false)
print(1, -1, 0, -0, 1.5, 1e100, 2 ^ 53, 1 / 3)
print("text", "with\ttab", "with\nnewline")
print("zero\0inside")
print(nil, nil)
print((print == print))
print(setmetatable({}, { __tostring = function() return "an object" end }))
print(type(tostring(print)), tostring(print):match("^function: 0x%x+$") ~= nil)
print(tostring({}):match("^table: 0x%x+$") ~= nil, tostring(coroutine.create(function() end)):match("^thread: 0x%x+$") ~= nil)
print(tostring(io.stdout):match("^file %(0x%x+%)$") ~= nil, tostring(newproxy()):match("^userdata: 0x%x+$") ~= nil)
local old = tostring
tostring = function(v) return "<" .. old(v) .. ">" end
print(1, "a", nil)
tostring = function() return 42 end
print("number result is taken")
tostring = function() return {} end
local ok, message = pcall(print, 1)
tostring = nil
local ok2, message2 = pcall(print, 1)
tostring = old
print(ok, message)
print(ok2, message2)
print(select("#", print(1)))

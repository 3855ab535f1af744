-- Lexical conventions: escapes, long brackets, comments, numerals, line endings, names.
local T = dofile("support/show.lua")
print(("\a\b\f\n\r\t\v\\\"\'"):byte(1, -1))
print(("\65\066\1\12\123\0\255x"):byte(1, -1))
print("\z\q\x41\/\-")
print('single "inside"', "double 'inside'")
print("a\
b")
print(#"a\
b", ("a\
b"):byte(2))
for _, nl in ipairs { "\n", "\r", "\r\n", "\n\r" } do
  local f = loadstring("return 'a\\" .. nl .. "b'")
  T.show("escaped newline", f())
  f = loadstring("return [[" .. nl .. "first" .. nl .. "second" .. nl .. nl .. "]]")
  T.show("long", f())
  print(loadstring("x = 1" .. nl .. "y = 2" .. nl .. nl .. "z = = 3", "=s"))
  print(loadstring("--[[" .. nl .. nl .. "]] x = = 1", "=s"))
  print(loadstring("-- c" .. nl .. "local s = [==[" .. nl .. nl .. "]==] + + 1", "=s"))
  print(loadstring("x = 'abc" .. nl .. "def'", "=s"))
end
print([[
leading newline dropped]], [[]], [==[]]]==], [=[a]]b]=], [[
]])
print([[\n no escapes \]], [[nested [ brackets ] ok]])
print(loadstring("return [[a [[b]] c]]", "=s"))
print(loadstring("return [[unfinished", "=s"))
print(loadstring("return [=[unfinished ]]", "=s"))
print(loadstring("--[[unfinished", "=s"))
print(loadstring("--[==[unfinished ]=]", "=s"))
print(loadstring("return [=", "=s")) print(loadstring("return [=x", "=s")) print(loadstring("return [==", "=s"))
print(loadstring("return 'unfinished", "=s")) print(loadstring("return \"unfinished\n\"", "=s")) print(loadstring("return 'x\\", "=s"))
print(loadstring("return '\\300'", "=s")) print(loadstring("return '\\256'", "=s")) print(loadstring("return '\\2555'", "=s") ~= nil)
print(loadstring("return '\\9'", "=s")() == "\t")
-- comments
--[[ multi
line ]] print("after a long comment")
--[==[ ]] ]=] ]==] print("after a level 2 comment")
--[ not a long comment
--[=not a long comment either
---[[ this is a line comment
print("reached")
--]]
print(loadstring("return 1 --")(), loadstring("return 1 --x")(), loadstring("--")(), loadstring("--\n--\nreturn 2")())
-- numerals
for _, s in ipairs { "0", "1", "10", "0.5", ".5", "5.", "1e3", "1E3", "1e+3", "1e-3", ".5e1", "5.e1", "0x10", "0XfF", "0xA", "1e0", "00012", "1e308",
  "1e309", "1e-400", "3.14159265358979", "123456789012345678", "0x7fffffff", "0xffffffff", "0x100000000", "1e15", "1e16", "100000000000000",
  "999999999999999", "0.1", "1e100", "2.5e-8", "0xffffffffffffffff" } do
  local f = loadstring("return " .. s)
  print(s, f())
end
for _, s in ipairs { "1x", "1e", "1e+", "0x", "0xg", "1..2", "1.2.3", "0x1p4", "1e1e1", "1_000", "..5", "3a", "1e5x", "0x.1", "0x1.8", ".", "1e-", "08x", "12abc34", "1.e", "0xx1", "5..", "1ee2" } do
  local f, m = loadstring("return " .. s, "=s")
  print(s, f and f(), m)
end
-- names and reserved words
local _, _1, a_b, A, aA9, __index = 1, 2, 3, 4, 5, 6
print(_, _1, a_b, A, aA9, __index)
for w in ("and break do else elseif end false for function if in local nil not or repeat return then true until while"):gmatch("%a+") do
  local f, m = loadstring("local " .. w .. " = 1", "=s")
  print(w, f, m)
  assert(not f)
end
for w in ("goto And AND nIl self _ENV continue"):gmatch("%S+") do print(w, loadstring("local " .. w .. " = 1 return " .. w, "=s")()) end
-- odd characters
for _, c in ipairs { "@", "$", "!", "?", "`", "|", "&", "~", "\\", "\1", "\127", "\200", "\255", "\0" } do
  print(string.format("%q", c), (loadstring("x = " .. c .. " 1", "=s")), select(2, loadstring("x = " .. c .. " 1", "=s")))
end
print(loadstring("x = 1 \0 y = 2", "=s"))
print(pcall(loadstring("a = 1; ; b = 2", "=s") or print, "two semicolons"))
print(loadstring("a = 1; ; b = 2", "=s"))
print(loadstring(";", "=s"))
print(loadstring("return;", "=s") ~= nil, loadstring("return; x = 1", "=s"))
-- operators without spaces
print(1+2-3*4/5^6%7, 1 ..2, "a".."b", 3-(-2), 3 - -2, not nil==true, 2^-1)
print(loadstring("return 1--[[c]]+--[==[d]==]2")())
print(loadstring("#!/usr/bin/lua\nreturn 1", "=s"))
print(loadstring("\239\187\191return 1", "=s"))
-- very long tokens
local long = ("a"):rep(100000)
print(#loadstring("return '" .. long .. "'")(), #loadstring("return [[" .. long .. "]]")(), loadstring("local " .. long .. " = 7 return " .. long)())
print((select(2, loadstring("return " .. long .. " " .. long .. " =", "=s")):gsub("a+", "AAA")))
print((select(2, loadstring("x = '" .. ("b"):rep(200), "=s"))))

local a, b = 1, "x\n\0y"
local t = {1,2,3;x=1.5,["é"]=nil}
function t:foo(n, ...) local arg = arg; for i=1,n do a = a + i end; for k,v in pairs(t) do print(k,v,nil,true) end return self.x, ... end
if a == 1 then a = not b else a = -#t end
local function f() return f(), a end
while a < 10 and b do a = a .. "z" .. b; if a == nil then break end end
return f(g.h["x"])

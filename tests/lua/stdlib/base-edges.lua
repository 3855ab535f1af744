-- base: argument checks, levels of error and getfenv, print with metamethods, proxies, load from functions and files.
print(pcall(unpack,{},1,7000)==true, pcall(unpack,{},1,8000), pcall(unpack,{},1,1e8),pcall(unpack,{},2^31-1,2^31-1),pcall(unpack,{1,2,3},2),pcall(unpack,{1,2,3},"2","3"),pcall(unpack,{1,2,3},-1,1),pcall(unpack,{1,2},3))
print(select('#'),select('#',nil),select(2,'a','b','c'),select(-1,'a','b'),pcall(select,0),pcall(select,-3,1,2),select(5,1,2),pcall(select),pcall(select,'x'),select('2',1,2),pcall(select,{}),select(1.9,1,2))
print(pcall(setmetatable,{}),pcall(setmetatable,{},1),pcall(setmetatable,1,{}),pcall(setmetatable,setmetatable({},{__metatable=1}),{}),getmetatable(setmetatable({},{__metatable=false})),getmetatable(setmetatable({},{__metatable="x"})),getmetatable("").__index==string,getmetatable(1),pcall(getmetatable))
print(tostring(setmetatable({},{__tostring=function() return "X" end})),pcall(tostring,setmetatable({},{__tostring=function() return 1 end})),pcall(tostring,setmetatable({},{__tostring=1})),pcall(tostring,setmetatable({},{__tostring=function() error("e") end})),pcall(tostring))
print(pcall(print,setmetatable({},{__tostring=function() return 1 end})),pcall(print,setmetatable({},{__tostring=function() return {} end})))
print(setmetatable({},{__tostring=function() return "yo" end}),1,setmetatable({},{__tostring=function() return "ya" end}),"a\0b",nil)
do local old=tostring tostring=function(x) return "<"..old(x)..">" end print(1,nil,{} and 2) tostring=function() return nil end local a,b=pcall(print,1) tostring=nil local c,d=pcall(print,1) tostring=old print(a,b,c,d) end
local p=newproxy(true) getmetatable(p).__index=function(t,k) return k.."!" end print(p.x, type(p), getmetatable(newproxy(p))==getmetatable(p), newproxy()~=newproxy(), getmetatable(newproxy()), getmetatable(newproxy(false)), pcall(newproxy,1), pcall(newproxy,{}),pcall(newproxy,newproxy()),pcall(newproxy,io.stdout))
print(pcall(rawset,{},nil,1),pcall(rawset,{},0/0,1),pcall(rawset,{},1),pcall(rawget,{}),pcall(rawget,1,1),rawget({5},1),rawequal("a","a"),rawequal({}, {}),rawequal(1,1.0),pcall(rawequal,1),rawset({},1,2)[1])
print(pcall(next,{},1),pcall(next,{}),pcall(next),next({10}),next({10},1),next({},nil),pcall(next,{1},"x"),pcall(next,{},nil,3))
print(pcall(ipairs),pcall(pairs),pcall(ipairs,1),pcall(pairs,"x")) for i,v in ipairs{1,2,nil,4} do io.write(i,v," ") end print()
do local f,s,i=ipairs{7} print(f(s,0),f(s,1),f(s,2^31-1),f(s,-5),pcall(f),pcall(f,{}),pcall(f,{},"x"),pcall(f,{},"0")) end
print(pairs({})==next, pairs({})==pairs({}))
print(pcall(error),pcall(error,nil),pcall(error,"a",0),pcall(error,"a",1),pcall(error,"a",2),pcall(error,5),pcall(error,5,0),pcall(error,{},2),pcall(error,"a",-1),pcall(error,"a",1e10),pcall(error,true))
local function lv(n) error("m",n) end for i=0,6 do print(pcall(function() lv(i) end)) end
local function tail(n) return lv(n) end for i=0,6 do print(pcall(function() tail(i) local x end)) end
for i=0,5 do print(pcall(function() return pcall(error,"q",i) end)) end
print(pcall(assert),pcall(assert,nil),pcall(assert,false,"m"),pcall(assert,false,{}),pcall(assert,nil,12),assert(1,2,3),pcall(assert,false,nil),pcall(assert,false,"a\0b"))
print(pcall(function() assert(false) end),pcall(function() assert(nil,"zz") end))
print(pcall(pcall),pcall(pcall,1),pcall(pcall,error,1),pcall(xpcall),pcall(xpcall,print),xpcall(error,print),xpcall(function() return 1,2,3 end,print),xpcall(function() error("x",0) end,function(m) return m,2 end),xpcall(function() error("x",0) end,function(m) error("y") end),xpcall(function() error("x",0) end,nil),xpcall(nil,function(m) return m.."#" end),xpcall(function(...) return select('#',...) end,print,1,2,3))
print(pcall(pcall, pcall, pcall, error, "z"))
print(getfenv()==_G,getfenv(0)==_G,getfenv(1)==_G,getfenv(print)==_G,pcall(getfenv,-1),pcall(getfenv,100),pcall(getfenv,{}),select(2,pcall(getfenv,"1"))==_G)
local function f() return xyz end print(setfenv(f,{xyz=9})==f,f(),getfenv(f).xyz,pcall(setfenv,print,{}),pcall(setfenv,f),pcall(setfenv,f,1),pcall(setfenv,100,{}),pcall(setfenv,-1,{}))
print(pcall(function() local function g() setfenv(2,{y=3}) end g() return y end))
print(pcall(function() local function g() return getfenv(2) end return g() end))
print(pcall(function() local function g() return (getfenv(3)) end local function h() return g() end local x=h() return x==_G end))
print(coroutine.wrap(function() setfenv(0,{a=1,loadstring=loadstring,getfenv=getfenv}) return getfenv(0).a, loadstring("return a")() end)())
print(loadstring("return 1")(),loadstring("x="),loadstring("x=","=n"),loadstring("x=","@n"),loadstring("x=","n\nm"),loadstring("x=",""),loadstring("x=","a\0b"),pcall(loadstring),loadstring("\27Lua"),loadstring("return ...",5)(7))
local function rd(...) local t,i={...},0 return function() i=i+1 return t[i] end end
print(load(rd("return ","1","2"))(),load(rd("x=")),load(rd("x="),"=nm"),load(rd("return 1","","2"))(),load(rd(1,2,3)),pcall(load),pcall(load,"x"),load(rd({})),load(function() error("in") end),(load(function() error({}) end)),load(rd("return ",42))())
print(pcall(load(function() return nil end)),load(rd("\27")),load(coroutine.wrap(function() coroutine.yield("return ") coroutine.yield("8") end))())
print(loadfile("/nonexistent"),loadfile("/tmp"),pcall(dofile,"/nonexistent"))
local n=os.tmpname() local function w(s) local h=io.open(n,"wb") h:write(s) h:close() end
w("#!x\nreturn 5, ...") print(loadfile(n)(6),dofile(n)) w("#only") print(type(loadfile(n)),dofile(n)) w("#a\n\n\nerror('l')") print((select(2,pcall(dofile,n)):gsub(n,"N"))) w("x=") print((select(2,loadfile(n)):gsub(n,"N"))) w("# c\n"..string.dump(function() return 77 end)) print(dofile(n)) w(string.dump(function() return 78 end)) print(dofile(n)) w("") print(dofile(n)) w("#\nreturn debug.getinfo(1,'l').currentline") print(dofile(n)) w("\n\27x") print((tostring(select(2,loadfile(n))):gsub(n,"N"))) w("\27x") print((tostring(select(2,loadfile(n))):gsub(n,"N")))
 os.remove(n)
print(collectgarbage("count")>0,gcinfo()>0,collectgarbage("stop"),collectgarbage("restart"),collectgarbage(),collectgarbage("setpause",150),collectgarbage("setpause",200),collectgarbage("setstepmul",300),collectgarbage("setstepmul",200),pcall(collectgarbage,"x"),pcall(collectgarbage,{}),type(collectgarbage("step")),pcall(collectgarbage,"setpause",{}))

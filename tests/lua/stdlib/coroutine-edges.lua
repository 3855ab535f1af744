-- coroutines: states, errors through wrap, arguments and results, resuming each other; foreach.
local P=print local function T(...) local t={...} for i=1,select("#",...) do t[i]=tostring(t[i]):gsub("0x%x+","PTR") end P(table.concat(t,"\t")) end
local print=T
local co=coroutine.create(function(...) print("in",...) local a=coroutine.yield(1,2) print(a) error("bad") end)
print(coroutine.status(co),coroutine.resume(co,"x","y")) print(coroutine.status(co),coroutine.resume(co,"z")) print(coroutine.status(co),coroutine.resume(co))
print(pcall(coroutine.create),pcall(coroutine.create,print),pcall(coroutine.wrap,1),pcall(coroutine.resume),pcall(coroutine.resume,1),pcall(coroutine.status,1),pcall(coroutine.yield,1),coroutine.running())
local w=coroutine.wrap(function() error("E") end) print(pcall(w)) print(pcall(w))
local w=coroutine.wrap(function() error({}) end) print(pcall(w))
local w=coroutine.wrap(function() error(12,0) end) print(pcall(w)) local w=coroutine.wrap(function() error() end) print(pcall(w))
print(pcall(function() local w=coroutine.wrap(function() error("E2") end) w() end))
local a,b a=coroutine.create(function() print(coroutine.status(a),coroutine.running()==a) b=coroutine.create(function() print(coroutine.status(a),coroutine.resume(a)) print(coroutine.resume(b)) coroutine.yield("fromb") end) print(coroutine.resume(b)) print(coroutine.status(b)) end) print(coroutine.resume(a)) print(coroutine.status(a),coroutine.resume(a))
local w w=coroutine.wrap(function() return w() end) print(pcall(w))
print(select('#',coroutine.resume(coroutine.create(function(...) return ... end),unpack({},1,200))))
print(pcall(coroutine.resume,coroutine.create(function(...) return select('#',...) end),unpack({},1,7900)))
local c=coroutine.wrap(function() for i=1,3 do coroutine.yield(i) end return "end" end) print(c(),c(),c(),c(),pcall(c))
-- gen/iter
local function gen(n) return coroutine.wrap(function() for i=1,n do coroutine.yield(i,i*i) end end) end local s=0 for i,q in gen(100) do s=s+q end print(s)
-- deep
local function deep(n) if n==0 then return "bottom" end return coroutine.wrap(function() return deep(n-1) end)() end print(deep(100))
print(coroutine.wrap(function() return pcall(function() error("x",0) end) end)())
local co=coroutine.create(function() local t=setmetatable({},{__index=function(t,k) return k end}) return t.foo end) print(coroutine.resume(co))
local co=coroutine.wrap(function(...) local n=select('#',...) while true do n=select('#',coroutine.yield(n)) end end) print(co(),co(1),co(nil,nil),co(1,2,3))
print(coroutine.resume(coroutine.create(function() return end)))
co=coroutine.create(function() coroutine.yield() end) coroutine.resume(co) coroutine.resume(co) print(coroutine.status(co),coroutine.resume(co))
table.foreach({1,2,3},function(k,v) print(k,v) end) print(table.foreach({a=1},function(k,v) return k,v end)) table.foreachi({1,2,nil,4},print) print(table.foreachi({5,6},function(i,v) if v==6 then return "six" end end))
print(pcall(table.foreach,{1},function() error("fe") end),pcall(table.foreach,{1,2,3},function(k) return k==2 or nil end))
do local t={1,2,3} print(pcall(table.foreach,t,function(k) t[k]=nil t["x"..k]=1 end)) end

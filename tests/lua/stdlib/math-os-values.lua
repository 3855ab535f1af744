-- math over special values, numerals in every base, os.date conversions, os.time normalisation.
local vals={0,-0,1,-1,0.5,-0.5,1.5,2.5,-2.5,3.7,1e10,-1e10,1e15+0.5,2^31,2^32,2^53,2^63,-2^63,1e300,-1e300,1e-300,5e-324,1/0,-1/0,0/0,100,7,3}
for _,f in ipairs{"abs","acos","asin","atan","ceil","cos","cosh","deg","exp","floor","frexp","log","log10","modf","rad","sin","sinh","sqrt","tan","tanh"} do
  for _,v in ipairs(vals) do local r={pcall(math[f],v)} for i=1,#r do r[i]=type(r[i])=="number" and string.format("%.17g",r[i]) or tostring(r[i]) end print(f,v,table.concat(r," ")) end
end
for _,f in ipairs{"atan2","fmod","mod","pow","ldexp","max","min"} do for _,a in ipairs(vals) do for _,b in ipairs(vals) do print(f,a,b,string.format("%.17g",math[f](a,b))) end end end
math.randomseed(42) for i=1,20 do print(math.random(),math.random(10),math.random(-5,5),pcall(math.random,-2^31,2^31-1),pcall(math.random,2^31),pcall(math.random,2^33+5)) end
for i=1,5 do math.randomseed(i*1e9) print(math.random(1e6)) end
print(pcall(math.random,0),pcall(math.random,2,1),pcall(math.random,1,2,3),pcall(math.random,{}))
for b=2,36 do for _,s in ipairs{"10"," 10 ","zz","-1","-zz","+5","0x10","0X1f","","  ","1 1","7\0","7\0x","99999999999999999999999","1e1","z z","\n1\t"} do io.write(tostring(tonumber(s,b))," ") end print() end
for _,s in ipairs{"10"," 10 ","0x10","0xg","1e5","1e","inf","nan","-inf","0x","","  ","1 1","7\0","7\0x",".5","5.","+.5","-","0x1p4","1_0","1e400","-1e400","0x-1","0xffffffffffffffffff"} do io.write(tostring(tonumber(s))," ") end print()
print(tonumber(10),tonumber("z",36.9),pcall(tonumber,"1",1),pcall(tonumber,"1",37),pcall(tonumber,{},10),tonumber(nil),pcall(tonumber),tonumber({}),pcall(tonumber,nil,16),tonumber(255,16),tonumber("1","3"))
for _,t in ipairs{0,1,-1,1e9,-1e9,1e10,2^31,2^40,-2^40,1e17,1e300,1234567890.9} do
 for c=32,126 do local s="!%"..string.char(c) local ok,r=pcall(os.date,s,t) if c~=string.byte'%' then io.write(tostring(r),"|") end end print()
 print(pcall(os.date,"%c",t),pcall(os.date,"x%",t),pcall(os.date,"",t),pcall(os.date,"%%%",t),pcall(os.date,"a\0b%d",t),pcall(os.date,"*tx",t),pcall(os.date,"!",t))
 local d=os.date("*t",t) if d then print(os.time(d)) end
end
for i=1,200 do local t={year=1900+i*3,month=i%25-5,day=i%60-20,hour=i%50,min=i*7%100,sec=i*13%300,isdst=(i%3==0) or nil} print(os.time(t), t.day, t.month) end
print(pcall(os.time,{year=1e10,month=1,day=1}),pcall(os.time,{year=2000}),pcall(os.time,{year="x",month=1,day=1}),pcall(os.time,{year=2000,month=1,day="2"}),os.time{year=1969,month=12,day=31,hour=23,min=59,sec=59})
print(pcall(os.time,setmetatable({},{__index=function(t,k) return 1 end})),pcall(os.time,setmetatable({},{__index=function(t,k) error(k) end})))
print(os.difftime(10,5),os.difftime(10),pcall(os.difftime),os.difftime(1.9,0.2),os.difftime(1e300,0))
print(os.execute("exit 3"),os.execute("true"),os.execute(),os.getenv("PATH")~=nil,os.getenv("NOPE"),pcall(os.getenv))
print(os.setlocale(),os.setlocale("C"),os.setlocale("C.UTF-8"),os.setlocale(nil,"ctype"),os.setlocale("","all"),os.setlocale("xx_YY"),pcall(os.setlocale,"C","bad"),pcall(os.setlocale,{}))
os.setlocale("C")
local n=os.tmpname() print(n:match("^/tmp/lua_......$")~=nil, os.remove(n), os.remove(n)==nil) print(select(2,os.remove("/nonexistent/a\0b")),os.rename("/nonexistent/a","/x"))
print(type(os.clock()),type(os.time()))

-- the order of pairs over the libraries; the comparisons sort makes, with sane, mad and meddling functions; random edits.
local function keys(t) local o={} for k in pairs(t) do o[#o+1]=tostring(k) end return table.concat(o," ") end
print(keys(_G)) print(keys(coroutine)) print(keys(table)) print(keys(math)) print(keys(os)) print(keys(string)) print(keys(io)) print(keys(debug)) print(keys(package)) print(keys(package.loaded))
print(keys(os.date("*t",0)))
-- sorts
local seed=7 local function rnd(n) seed=(seed*16807)%2147483647 return seed%n+1 end
local function run(t, f, lim)
  local log, c = {}, 0
  local ok, e = pcall(table.sort, t, function(a,b) c=c+1 if c>(lim or 20000) then error("lim",0) end log[#log+1]=tostring(a)..":"..tostring(b) return f(a,b) end)
  local h=0 local s=table.concat(log,",") for i=1,#s do h=(h*31+s:byte(i))%4294967291 end
  local o={} for i=-1,#t+2 do o[#o+1]=tostring(t[i]) end
  print(ok, e, c, h, table.concat(o," "))
end
for n=0,30 do for r=1,3 do
  local function mk(k) local t={} for i=1,n do t[i]=rnd(k) end return t end
  run(mk(5), function(a,b) return a<b end)
  run(mk(100), function(a,b) return a>b end)
  run(mk(100), function(a,b) return a<=b end)
  run(mk(100), function(a,b) return true end)
  run(mk(100), function(a,b) return false end)
  run(mk(100), function(a,b) return rnd(2)==1 end)
  run(mk(100), function(a,b) if a==nil or b==nil then return false end return a%7<b%7 end)
  local t=mk(50) run(t, function(a,b) t[rnd(n+1)]=rnd(100) return (a or 0)<(b or 0) end)
  local t=mk(50) run(t, function(a,b) if rnd(10)==1 then error("boom") end return a<b end)
end end
-- table ops
for r=1,200 do
  local t={} local n=rnd(12) for i=1,n do if rnd(8)>1 then t[i]=rnd(100) end end
  for s=1,20 do
    local w=rnd(6)
    local ok,e
    if w==1 then ok,e=pcall(table.insert,t,rnd(1000))
    elseif w==2 then ok,e=pcall(table.insert,t,rnd(15)-3,rnd(1000))
    elseif w==3 then ok,e=pcall(table.remove,t)
    elseif w==4 then ok,e=pcall(table.remove,t,rnd(15)-3)
    elseif w==5 then ok,e=pcall(table.concat,t,",",rnd(5)-2,rnd(10)-2)
    else t[rnd(14)]=nil end
    local o={} for k,v in pairs(t) do o[#o+1]=k.."="..v end
    print(w,ok,e,#t,table.maxn(t),table.concat(o," "))
  end
end

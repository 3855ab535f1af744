-- Table constructors, indexing, length, and big constructors (flushes of 50 items).
local T = dofile("support/show.lua")
local function f(...) return ... end
local t = { 1, 2, 3, x = 10, ["y z"] = 20, [10] = 100, f(4, 5), f(6, 7) }
print(#t, t[1], t[4], t[5], t[6], t.x, t["y z"], t[10])
t = { f(1, 2, 3) } print(#t)
t = { f(1, 2, 3), nil } print(t[1], t[2], t[3])
t = { (f(1, 2, 3)) } print(#t)
t = { f() } print(#t)
t = { f(), f() } print(t[1], t[2])
t = { n = 1, n = 2 } print(t.n)
t = { 1, [1] = 2 } print(t[1])
t = { [1] = 2, 1 } print(t[1])
t = { [1] = "a", [2] = "b", "c" } print(t[1], t[2])
t = { "a"; "b", "c"; } print(#t)
t = { {}, { {} }, { { {} } } } print(#t, #t[2], #t[3][1])
t = { [f(1)] = f(2), [f("k")] = f("v") } print(t[1], t.k)
t = { and_ = 1, ["and"] = 2 } print(t.and_, t["and"])
t = { ... } print(#t, arg and #arg)
t = { function() return 1 end, function() return 2 end } print(t[1]() + t[2]())
for _, n in ipairs { 1, 49, 50, 51, 99, 100, 101, 149, 150, 151, 511, 512, 513, 1000, 25550, 25600, 25601, 30000 } do
  local parts = {}
  for i = 1, n do parts[i] = i end
  local src = "return {" .. table.concat(parts, ",") .. "}"
  local r = assert(loadstring(src))()
  assert(#r == n and r[1] == 1 and r[n] == n and r[n + 1] == nil)
  local sum = 0
  for i = 1, n do sum = sum + r[i] end
  assert(sum == n * (n + 1) / 2)
  r = assert(loadstring("return {" .. table.concat(parts, ",") .. ", ...}"))("x", "y", nil)
  assert(r[n + 1] == "x" and r[n + 2] == "y" and r[n + 3] == nil)
  r = assert(loadstring("local function f() return 'p', 'q' end return {" .. table.concat(parts, ",") .. ", f(), a = 1, f()}"))()
  assert(r[n + 1] == "p" and r[n + 2] == "p" and r[n + 3] == "q" and r.a == 1)
  print(n, sum)
end
local hash = {}
for i = 1, 300 do hash[i] = "k" .. i .. "=" .. i end
local h = loadstring("return {" .. table.concat(hash, ";") .. "}")()
assert(h.k1 == 1 and h.k300 == 300 and #h == 0)
-- mixed with calls in each place
local src = { "local f = function(...) return ... end return {" }
for i = 1, 200 do src[#src + 1] = "f(" .. i .. ",0)," .. (i % 3 == 0 and "x" .. i .. "=f(" .. i .. ",0)," or "") end
src[#src + 1] = "f(201, 202, 203)}"
local r = loadstring(table.concat(src))()
assert(#r == 203 and r.x3 == 3 and r.x198 == 198)
-- nested access and methods
local obj = { a = { b = { c = function(self, x) return x, self end } }, s = "str" }
print(obj.a.b.c(1, 2), (obj.a.b:c(5)), obj.s:upper(), ("lit"):len(), #obj.s:rep(3))
function obj.a.b.d(x) return x * 2 end
function obj.a:m(x) return self == obj.a, x end
print(obj.a.b.d(21), obj.a:m(7))
print(obj["a"]["b"]["d"](2))
obj.self = obj
print(obj.self.self.self.s)
local calls = {}
local function key(k) calls[#calls + 1] = k return k end
local tt = { [key("a")] = key(1), [key("b")] = key(2), key(3) }
print(table.concat(calls, " "))
print(f "text", f [[long]], type { }, ("x"):rep(3), #"abc")
T.try("index nil", function() local n; return n.x end)
T.try("call chain", function() return obj.a.zz.y end)
-- what follows a name says whether it names a field
do
  local a, b = "3", "2"
  t = { a=3, a =4, b  =  5, a==1, a == b, a  ==a, a --[[ comment ]] = 6, b
    = 7, a, (a), a.b and 1 or 8, a..b, a ~= b, a-b, a and b, a; b }
  print(t.a, t.b, #t, T and unpack(t))
  for _, text in ipairs { "{ a = }", "{ a == }", "{ a =", "{ a", "{ a =='x", "{ a .. 'x", "{ a $ }", "{ a=\n\n$ }", "{ a '", "{ a = 1 a }" } do
    print(text, loadstring("return " .. text, "=c"))
  end
end

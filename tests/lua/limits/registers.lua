-- Register windows under stress: 200 locals, frames near 250 registers, stack growth in the middle of every kind of call.
local function seq(n, f, sep) local t = {} for i = 1, n do t[i] = f(i) end return table.concat(t, sep or " ") end
local function run(source, ...) return assert(loadstring(source, "=src"))(...) end
-- 200 locals, all alive, all changed
print(run(seq(200, function(i) return "local l" .. i .. " = " .. i end) .. " l1, l200 = l200, l1 l100 = l50 + l150 return l1, l200, l100, l99, l199"))
print(run(seq(200, function(i) return "local l" .. i .. " = ..." end) .. " return " .. seq(45, function(i) return "l" .. i * 4 end, " + "), 2))
print(run("local s = 0 " .. seq(198, function(i) return "local l" .. i .. " = s + " .. i .. " s = l" .. i end) .. " return s"))
print(select("#", run(seq(199, function(i) return "local l" .. i .. " = " .. i end) .. " return " .. seq(48, function(i) return "l" .. i end, ","))))
-- frames near 250 registers: arguments, results, tables, concatenations
for _, n in ipairs { 100, 200, 230, 240, 246 } do
  print(n, run("local function f(...) return select('#', ...), (select(" .. n .. ", ...)) end return f(" .. seq(n, function(i) return i end, ",") .. ")"))
  print(n, select("#", run("return " .. seq(n, function(i) return i end, ","))))
  print(n, #run("local x = 'ab' return " .. seq(math.min(n, 190), function() return "x" end, "..")))
  print(n, #run("return { " .. seq(n, function(i) return "'" .. i .. "'" end, ",") .. " }"))
end
-- upvalues among 200 locals, loops at the top of the frame
print(run(seq(190, function(i) return "local l" .. i .. " = " .. i end) .. " local fs = {} for i = 1, 3 do local c = i * l190 fs[i] = function() c = c + l1 l190 = l190 + 1 return c end end return fs[1](), fs[2](), fs[3](), fs[1](), l190"))
print(run(seq(190, function(i) return "local l" .. i .. " = " .. i end) .. " local s = 0 for k, v in ipairs { 5, 6, 7 } do s = s + k * v end for i = 1, 10 do s = s + i end while s < 200 do s = s + l2 end return s"))
print(run(seq(195, function(i) return "local l" .. i .. " = " .. i end) .. " local t = setmetatable({}, { __index = function(_, k) return k .. l195 end, __call = function(_, ...) return select('#', ...) end }) return t.x, t(1, 2, 3), #t.yy, t.z .. t.w"))
-- deep recursion with big frames, so that the stack grows at every kind of instruction
local function grower(body) return assert(loadstring("local depth, T = ... local rec local function leaf(...) return ... end " .. body .. " return rec(depth)", "=grow")) end
local meta = { __index = function(t, k) return rawget(t, "get")(k) end, __newindex = function(t, k, v) rawset(t, "last", rawget(t, "get")(v)) end, __add = function(a, b) return (type(a) == "table" and a or b).get(type(a) == "table" and b or a) end, __concat = function(a, b) return (type(a) == "table" and a or b).get(1) .. "" end, __eq = function(a, b) return rawget(a, "get")(1) == rawget(b, "get")(1) end, __lt = function(a, b) return rawget(a, "get")(1) ~= nil end, __le = function(a, b) return rawget(a, "get")(1) ~= nil end, __unm = function(a) return a.get(2) end, __call = function(self, x) return self.get(x) end, __len = function(a) return 5 end }
local shapes = {
  call = "function rec(n) if n == 0 then return 0 end local a, b, c = leaf(n, n, n) return 1 + rec(n - 1) + a - b end",
  varargs = "function rec(n, ...) if n == 0 then return select('#', ...) end local x = select('#', leaf(...)) return (rec(n - 1, n, leaf(...))) end",
  pcall = "function rec(n) if n == 0 then return 0 end local ok, v = pcall(leaf, n) return v - n + 1 + rec(n - 1) end",
  index = "function rec(n) if n == 0 then return 0 end local o = T(function(k) return leaf(#k) end) return o.abc - 3 + 1 + rec(n - 1) end",
  newindex = "function rec(n) if n == 0 then return 0 end local o = T(function(v) return leaf(v) end) o.x = n return rawget(o, 'last') - n + 1 + rec(n - 1) end",
  arith = "function rec(n) if n == 0 then return 0 end local o = T(function(v) return leaf(v) end) return (o + n) - n + (n + o) - n + 1 + rec(n - 1) end",
  compare = "function rec(n) if n == 0 then return 0 end local o, p = T(leaf), T(leaf) return ((o == p and o < p and o <= p) and 1 or 0) + rec(n - 1) end",
  concat = "function rec(n) if n == 0 then return 0 end local o = T(leaf) return tonumber(o .. 'x') + rec(n - 1) end",
  called = "function rec(n) if n == 0 then return 0 end local o = T(leaf) return o(n) - n + 1 + rec(n - 1) end",
  closure = "function rec(n) if n == 0 then return 0 end local x = n local function up() x = x + 1 return x end local r = rec(n - 1) return up() - n + r end",
  sort = "function rec(n) if n == 0 then return 0 end local t = { 3, 1, 2 } table.sort(t, function(a, b) return leaf(a) < leaf(b) end) return t[1] + rec(n - 1) end",
  gsub = "function rec(n) if n == 0 then return 0 end local s = string.gsub('abc', '.', function(c) return leaf(c) .. c end) return #s - 5 + rec(n - 1) end",
  coroutine = "function rec(n) if n == 0 then return 0 end local co = coroutine.wrap(function(a) local b = coroutine.yield(leaf(a)) return leaf(b) end) co(n) return co(1) + rec(n - 1) end",
  forin = "function rec(n) if n == 0 then return 0 end local s = 0 for k, v in (function() return function(_, c) c = (c or 0) + 1 if c < 3 then return leaf(c) end end end)() do s = s + k end return s - 2 + rec(n - 1) end",
  tostring = "function rec(n) if n == 0 then return 0 end local o = setmetatable({}, { __tostring = function() return leaf('1') end }) return tostring(o) + rec(n - 1) end",
  load = "function rec(n) if n == 0 then return 0 end return loadstring('return ...')(1) + rec(n - 1) end",
  many = "function rec(n) if n == 0 then return 0 end return select('#', leaf(unpack({}, 1, n % 300))) - n % 300 + 1 + rec(n - 1) end",
  tail = "local function step(n, acc) if n == 0 then return acc end return step(n - 1, acc + 1) end function rec(n) if n == 0 then return 0 end return step(5, -4) + rec(n - 1) end",
  error = "function rec(n) if n == 0 then return 0 end local ok, e = pcall(error, n) return (ok and 0 or 1) + rec(n - 1) end",
  xpcall = "function rec(n) if n == 0 then return 0 end local ok, e = xpcall(function() error('x', 0) end, function(m) return leaf(m) end) return #e + rec(n - 1) end",
}
local names = {} for name in pairs(shapes) do names[#names + 1] = name end table.sort(names)
local function object(get) return setmetatable({ get = get }, meta) end
for _, name in ipairs(names) do
  for _, depth in ipairs { 1, 10, 50, 150, 180 } do
    local f = grower(shapes[name])
    io.write(name, " ", depth, " ", tostring(f(depth, object)), " ", tostring(coroutine.wrap(f)(depth, object)), "; ")
    collectgarbage("step")
  end
  print()
end
for _, name in ipairs { "call", "closure", "called", "tail", "forin", "many", "index", "arith" } do print(name, grower(shapes[name])(3000, object)) end
-- the vararg window grows while its values are in use
local function grow(n, ...) if n == 0 then return select("#", ...), ... end return grow(n - 1, n, ...) end print(select("#", grow(500))) print((grow(2000)))
local function sum(...) local s = 0 for i = 1, select("#", ...) do s = s + (select(i, ...)) end return s end local t = {} for i = 1, 2000 do t[i] = i end print(sum(unpack(t))) print((select("#", pcall(sum, unpack(t)))), select(2, pcall(sum, unpack(t))))

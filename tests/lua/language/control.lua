-- Control structures: if, while, repeat, numeric and generic for, break, return, do.
local function grade(n)
  if n >= 90 then return "A" elseif n >= 80 then return "B" elseif n >= 70 then return "C" else return "F" end
end
print(grade(95), grade(85), grade(75), grade(5))
local i = 0
while i < 3 do i = i + 1 end
assert(i == 3)
while true do i = i + 1 if i > 10 then break end end
assert(i == 11)
while false do error() end
while nil do error() end
repeat local done = true until done
repeat local n = i; i = i - 1 until n < 5
print(i)
repeat until true
local count = 0
repeat count = count + 1 if count == 5 then break end until false
print(count)
-- the scope of repeat includes its condition; also with a captured local
local fs = {}
local k = 0
repeat
  local v = k
  fs[#fs + 1] = function() v = v + 10 return v end
  k = k + 1
until v >= 3
for j = 1, #fs do io.write(fs[j](), " ", fs[j](), " ") end
print()
-- nested loops and break
for a = 1, 3 do
  for b = 1, 3 do
    if b == 2 then break end
    io.write(a, ":", b, " ")
  end
end
print()
-- numeric for: edges
local function range(a, b, c)
  local out = {}
  local ok, e = pcall(function() for x = a, b, c do out[#out + 1] = x if #out > 20 then out[#out + 1] = "..." break end end end)
  print(type(a) == "table" or a, type(b) == "table" or b, type(c) == "table" or c, table.concat(out, ","), ok or e)
end
local function range2(a, b) local out = {} for x = a, b do out[#out + 1] = x end return table.concat(out, ",") end
print(range2(1, 3), range2(3, 1), range2(1, 1), range2(-2, 2), range2(0.5, 3), range2("1", "3"))
range(1, 10, 3) range(10, 1, -3) range(1, 2, 0) range(2, 1, 0) range(1, 1, 0) range(0, 1, 0.25) range(1, 0, -0.25) range(0.1, 0.5, 0.1)
range(-3, -1, 1) range(1, -1, 1) range(1, 3, -1) range("1", "10", "4") range(1, 1 / 0, 1e308) range(-1 / 0, 0, 1) range(1, 0 / 0, 1)
range(0 / 0, 1, 1) range(1, 2, 0 / 0) range(nil, 1, 1) range(1, nil, 1) range(1, 1, "x") range("a", 1, 1) range(1, {}, 1) range(1, 2, {})
range(2 ^ 53, 2 ^ 53 + 4, 2) range(3, 1, -1) range(1e15, 1e15 + 2, 1) range(0, -3, -1) range(-0, 0, 1) range(1, 3.9, 1)
for x = 3, 1 do error("never") end
for x = 1, 3 do local x = x + 1 if x == 3 then print("x", x) end end
-- generic for: iterator protocol
local function iter(s, c) if c < s then return c + 1, c * c end end
for a, b in iter, 4, 0 do io.write(a, "=", b, " ") end
print()
for a in pairs({}) do error("never") end
for k, v in next, { 10, 20, 30 } do io.write(k, "=", v, " ") end
print()
for i, v in ipairs({ 1, 2, nil, 4 }) do io.write(i, "=", v, " ") end
print()
for w in string.gmatch("one two three", "%a+") do io.write(w, ";") end
print()
for a, b, c, d in (function() local n = 0 return function() n = n + 1 if n < 3 then return n, nil, n * 2 end end end)() do print(a, b, c, d) end
print(pcall(function() for x in nil do end end))
print(pcall(function() for x in 5 do end end))
print(pcall(function() local t = {} for x in t do end end))
print(pcall(function() local t = {} for x in t.a.b do end end))
for x in setmetatable({}, { __call = function(self, s, c) c = (c or 0) + 1 if c < 3 then return c end end }) do io.write(x, " ") end
print()
-- modification during traversal: assigning existing fields, removing them
local t = {}
for j = 1, 50 do t["k" .. j] = j end
for key in pairs(t) do t[key] = nil end
assert(next(t) == nil)
-- return in the middle of loops, do-blocks
local function find(t, x) for i, v in ipairs(t) do if v == x then return i end end return nil end
print(find({ 5, 6, 7 }, 6), find({ 5 }, 6))
local function early() do return 1 end end
print(early())
local function emptyreturn() if true then return end error() end
print(emptyreturn())
do local a = 1 do local a = 2 assert(a == 2) end assert(a == 1) end
;(function() print("call statement of a parenthesised function") end)()

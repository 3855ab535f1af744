-- Loops create fresh variables for each iteration; a variable outside the loop is shared by all.
local function call(fs, ...) local o = {} for i = 1, #fs do o[i] = tostring(fs[i](...)) end return table.concat(o, " ") end
local fs = {}
for i = 1, 5 do fs[i] = function(d) i = i + (d or 0) return i end end
print(call(fs)) print(call(fs, 10)) print(call(fs))
fs = {} for i = 5, 1, -2 do fs[#fs + 1] = function() return i end end print(call(fs))
fs = {} for k, v in ipairs { "a", "b", "c" } do fs[k] = function() v = v .. k return v end end print(call(fs)) print(call(fs))
fs = {} for w in ("x y z"):gmatch("%a") do fs[#fs + 1] = function() return w end end print(call(fs))
fs = {} local i = 1 while i <= 3 do local j = i fs[i] = function() j = j + 1 return i * 100 + j end i = i + 1 end print(call(fs)) print(call(fs))
fs = {} i = 1 repeat local j = i fs[i] = function() j = j * 2 return j end i = i + 1 until j == 3 print(call(fs)) print(call(fs))
-- several locals an iteration, several closures a local
local gets, sets = {}, {}
for i = 1, 4 do
  local a, b = i, i * i
  gets[i] = function() return a + b end
  sets[i] = function(x) a, b = x, -x / 2 end
end
sets[2](10) print(call(gets))
-- nested loops
fs = {} for i = 1, 3 do for j = 1, 3 do local k = i * j fs[#fs + 1] = function() k = k + i + j return k end end end print(call(fs)) print(call(fs))
-- break, with captured variables of the loop and of inner blocks
fs = {}
for i = 1, 10 do
  local v = i * 10
  fs[#fs + 1] = function() v = v + 1 return v end
  if i == 3 then local w = "w" fs[#fs + 1] = function() w = w .. v return w end break end
end
print(call(fs)) print(call(fs))
fs = {}
while true do local v = #fs fs[#fs + 1] = function() v = v + 1 return v end if #fs == 4 then break end end print(call(fs)) print(call(fs))
fs = {}
repeat local v = #fs fs[#fs + 1] = function() v = v + 1 return v end if #fs == 4 then break end until false print(call(fs))
-- return from within a loop closes too
local function ret() for i = 1, 5 do local v = i local function f() v = v + 1 return v end if i == 3 then return f, function() return v end end end end
local f, g = ret() f() f() print(g())
-- the loop variable changed by a closure does not change the loop
local seen = {} for i = 1, 3 do local function bump() i = i + 100 end bump() seen[#seen + 1] = i end print(table.concat(seen, " "))
-- closures kept from one iteration called in later ones
local prev, out = nil, {} for i = 1, 5 do local v = i if prev then out[#out + 1] = prev(i) end prev = function(x) v = v * 10 + x return v end end print(table.concat(out, " "), prev(9))
-- a do-block in a loop
fs = {} for i = 1, 3 do do local x = i fs[#fs + 1] = function() x = x + 1 return x end end do local y = -i fs[#fs + 1] = function() y = y - 1 return y end end end print(call(fs)) print(call(fs))
-- many iterations, all kept
fs = {} for i = 1, 1000 do fs[i] = function() i = i + 1 return i end end
local sum = 0 for i = 1, 1000 do sum = sum + fs[i]() end assert(sum == 501500)
collectgarbage() for i = 1, 1000 do assert(fs[i]() == i + 2) end
-- the state of a generic for: function and state variables are not shared between loops
local function gen(n) local i = 0 return function() i = i + 1 if i <= n then return i end end end
local g1 = gen(3) for a in g1 do for b in gen(2) do io.write(a, b, " ") end end print()

-- One call that meets closures of one code, of several codes, and what lies where a dead one lay.

local function adder(n) return function(x, y) return n + x, y, n end end
local function other(a) return function(...) return a, select("#", ...), ... end end
local function few(a) return function(x) return a, x end end

local function run(f, x, y) local p, q, r = f(x, y); return p, q, r end
local function pass(f, x, y) return f(x, y) end

local a, b = adder(1), adder(10)
for i = 1, 6 do
  local f = i % 2 == 0 and a or b
  print(i, run(f, i, "y"))
  print(i, pass(f, i, "y"))
end

-- in turn: the same code with other closures, fewer parameters, varargs, natives, objects with __call
local callable = setmetatable({}, { __call = function(self, x, y) return "called", x, y end })
local kinds = { adder(2), adder(3), few("few"), other("other"), math.max, callable, few("again"), adder(4) }
for round = 1, 3 do
  for i, f in ipairs(kinds) do
    print(round, i, run(f, i, round))
    print(round, i, pass(f, i, round))
  end
end

-- closures that die and come anew, with other upvalues, at the same place or another
local sum = 0
for i = 1, 20000 do
  local f = i % 3 == 0 and adder(i) or i % 3 == 1 and few(i) or other(i)
  local p, q, r = run(f, 1, 2)
  sum = sum + p + q + (r or 0)
  p, q = pass(f, 3, 4)
  sum = sum + p * q
  if i % 5000 == 0 then collectgarbage() end
end
print(sum)

-- code that dies and comes anew
for i = 1, 300 do
  local parameters = i % 4 == 0 and "" or i % 4 == 1 and "a" or i % 4 == 2 and "a, b" or "a, ..."
  local f = loadstring("local n = " .. i .. "; return function(" .. parameters .. ") return n, a, b end")()
  local p, q, r = run(f, "x", "y")
  assert(p == i and q == (parameters ~= "" and "x" or nil) and r == (parameters == "a, b" and "y" or nil))
  p, q, r = pass(f, "x", "y")
  assert(p == i and q == (parameters ~= "" and "x" or nil) and r == (parameters == "a, b" and "y" or nil))
  f = nil
  if i % 7 == 0 then collectgarbage() end
end

-- recursion in which each level calls a closure of the level above
local function nest(depth)
  local function down(n) if n == 0 then return depth end return (down(n - 1)) + depth end
  if depth == 0 then return down(3) end
  return nest(depth - 1) + down(depth)
end
print(nest(12))

-- tail calls with captured registers, fewer and more arguments, and a long chain
local kept = {}
local function chain(n, f)
  local own = n
  kept[n % 5 + 1] = function() return own end
  if n == 0 then return f and f() or "end" end
  if n % 3 == 0 then return chain(n - 1) end
  if n % 3 == 1 then return chain(n - 1, f, n, n) end
  return chain(n - 1, function() return own end)
end
print(chain(1000), kept[1](), kept[2](), kept[3]())
print(select("#", pass(function() end)), pass(print, "tail", nil))

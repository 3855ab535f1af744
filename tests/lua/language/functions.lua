-- Functions: definition forms, recursion, tail calls, methods, argument adjustment, closures as values.
local function fact(n) if n <= 1 then return 1 end return n * fact(n - 1) end
print(fact(5), fact(20), fact(170), fact(171))
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(10), odd(7), even(100001))
-- tail calls do not grow the stack
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + 1) end
print(loop(1000000, 0))
local function cloop(n) if n == 0 then return "tail through pcall" end return cloop(n - 1) end
print(pcall(cloop, 300000))
local obj = {}
function obj:tail(n) if n == 0 then return self end return self:tail(n - 1) end
assert(obj:tail(100000) == obj)
local callable = setmetatable({}, { __call = function(self, n) if n == 0 then return "called" end return self(n - 1) end })
print(callable(10000))
-- adjustment of arguments
local function abc(a, b, c) return a, b, c end
print(abc()) print(abc(1)) print(abc(1, 2, 3, 4)) print(abc(abc(1, 2, 3))) print(abc(0, abc(1, 2, 3)))
-- definition forms
local t = { sub = { sub = {} } }
function t.f(x) return "t.f", x end
function t.sub.f(x) return "t.sub.f", x end
function t.sub.sub.f(x) return "t.sub.sub.f", x end
function t.sub.sub:m(x) return self == t.sub.sub, x end
function globalf(x) return "globalf", x end
local function localf(x) return "localf", x end
print(t.f(1)) print(t.sub.f(2)) print(t.sub.sub.f(3)) print(t.sub.sub:m(4)) print(globalf(5)) print(localf(6))
local anon = function(...) return ... end
print(anon(function() return 7 end)())
print((function(x) return x * 2 end)(21))
-- methods with string and table call syntax
local o = { v = 10 }
function o:get(s) return self.v, s end
print(o:get "s") print(o:get [[long]]) print((o:get { 1 }))
local s = "Hello"
print(s:lower(), s:len(), s:sub(2, 3), ("%d"):format(5))
print(#s:rep(3, nil))
-- fibonacci by recursion, ackermann, hanoi
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(20))
local function ack(m, n) if m == 0 then return n + 1 elseif n == 0 then return ack(m - 1, 1) else return ack(m - 1, ack(m, n - 1)) end end
print(ack(2, 9))
local moves = 0
local function hanoi(n, a, b, c) if n > 0 then hanoi(n - 1, a, c, b) moves = moves + 1 hanoi(n - 1, c, b, a) end end
hanoi(12, "A", "B", "C") print(moves)
-- Y combinator and Church numerals
local Y = function(f) return (function(x) return x(x) end)(function(x) return f(function(...) return x(x)(...) end) end) end
print(Y(function(self) return function(n) if n == 0 then return 1 end return n * self(n - 1) end end)(10))
local zero = function(f) return function(x) return x end end
local succ = function(n) return function(f) return function(x) return f(n(f)(x)) end end end
local n = zero for i = 1, 25 do n = succ(n) end
print(n(function(x) return x + 1 end)(0))
-- equality of functions: each evaluation of a function expression is a new closure
local function make() return function() end end
assert(make() ~= make())
-- calls in every operand place
local function one() return 1 end
print(one() + one() * one() - one() / one() .. one(), -one(), not one(), #tostring(one()), one() == one(), one() < one() + one())
print(({ one() })[1])

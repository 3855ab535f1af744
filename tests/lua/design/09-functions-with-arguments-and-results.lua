-- Functions (Lua's and the library's C functions) with arguments and results of every arity.
local function f0() return "none" end
local function f1(a) return a end
local function f2(a, b) return b, a end
local function fv(...) return select("#", ...), ... end
local function f1v(a, ...) return a, select("#", ...), ... end
print(f0(), f0(1), f0(1, 2))
print(f1(), f1(1), (f1(1, 2)))
print(f2()) print(f2(1)) print(f2(1, 2)) print(f2(1, 2, 3))
print(fv()) print(fv(nil)) print(fv(1, nil, 3, nil))
print(f1v()) print(f1v(1)) print(f1v(1, 2, 3))
-- library functions: no result, one, several, and open results
print(math.max(3, 9, 2), math.min(4, 1), math.frexp(8), math.modf(-3.7))
print(string.byte("abcdef", 1, -1))
print(string.find("hello world", "(o) (w)"))
print(unpack({ 1, 2, 3 }))
print(unpack({ 1, 2, 3 }, 2, 5))
print(select(-2, "a", "b", "c"))
print(rawset({}, 1, 2)[1], rawget({ 5 }, 1), rawequal(1, 1))
print(select("#", collectgarbage("stop"), collectgarbage("restart")))
print(next({})) print(next({ 10 })) print(type(next), type(nil))
print(tonumber("0x1F"), tonumber("zz", 36), tonumber("8", 8), tonumber(" 12 "), tonumber("1e2"))
local args = {}
for i = 1, 200 do args[i] = i end
print(math.max(unpack(args)), select("#", unpack(args)), #string.char(unpack(args)))

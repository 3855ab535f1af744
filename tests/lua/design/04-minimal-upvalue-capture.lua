-- Minimal upvalue capture: a closure reads, then writes, one local of its surroundings.
local x = 10
local function get() return x end
assert(get() == 10)
x = 20
assert(get() == 20)
local function set(v) x = v end
set(30)
assert(x == 30 and get() == 30)
local function outer()
  local captured = "kept"
  return function() return captured end
end
assert(outer()() == "kept")
local f, g = outer(), outer()
assert(f ~= g and f() == g())
local function parameter(p) return function() return p end end
print(parameter(1)(), parameter("two")(), parameter(nil)())
print(get(), x)

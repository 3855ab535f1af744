-- math: every function and constant; the same random numbers as C's rand().
local T = dofile("support/show.lua")
local show, try = T.show, T.try
local inf, nan = 1 / 0, 0 / 0
print(string.format("%.17g", math.pi), math.huge, -math.huge)
local args = { 0, 1, -1, 0.5, -0.5, 2, 10, -10, 100, 1e10, 1e-10, inf, -inf, nan, 3.7, -3.7, 2.5, -2.5, 1e308, 700, 1e16 }
for _, name in ipairs { "abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "deg", "exp", "floor", "log", "log10", "rad", "sin", "sinh", "sqrt", "tan", "tanh" } do
  local out = {}
  for i, v in ipairs(args) do out[i] = string.format("%.14g", math[name](v)) end
  print(name, (table.concat(out, " "):gsub("-nan", "nan")))
  try(name, math[name]) try(name, math[name], "x") try(name, math[name], {}) try(name, math[name], nil) show(name, math[name]("0.5"), select("#", math[name](0.5, 2)))
end
for _, name in ipairs { "frexp", "modf" } do for _, v in ipairs(args) do if v == v then show(name .. " " .. v, math[name](v)) end end try(name, math[name]) end
for _, name in ipairs { "atan2", "fmod", "mod", "pow", "ldexp" } do
  for _, p in ipairs { { 1, 1 }, { 1, -1 }, { -1, 1 }, { 0, 1 }, { 0, -1 }, { 5, 3 }, { -5, 3 }, { 5, -3 }, { 5.5, 2 }, { 2, 10 }, { 2, 0.5 }, { 10, -2 }, { 0, 0 }, { inf, 2 }, { 2, inf }, { 1, 1000 }, { 1, -1100 }, { 0.5, 3.9 } } do io.write(string.format("%s(%g,%g)=%.14g ", name, p[1], p[2], math[name](p[1], p[2])):gsub("-nan", "nan"), "") end
  print() try(name, math[name]) try(name, math[name], 1) try(name, math[name], 1, "x") try(name, math[name], {}, 1)
end
assert(math.mod == math.fmod)
show("max", math.max(1), math.max(1, 5, 3), math.max(-1, -5), math.max(1, inf), math.max("10", 9), math.max(1, 2, "3")) show("min", math.min(1), math.min(4, 2, 8), math.min(-inf, 1), math.min("2", 10)) try("max", math.max) try("min", math.min) try("max x", math.max, 1, "x") try("max nil", math.max, 1, nil) try("min {}", math.min, {}) show("nan", math.max(nan, 1) ~= math.max(nan, 1), math.max(1, nan), math.min(nan, 1) ~= math.min(nan, 1), math.min(1, nan))
show("floor", math.floor(3.5), math.floor(-3.5), math.floor(2 ^ 60), math.ceil(3.2), math.ceil(-3.2), math.ceil(-0.5))
-- random: equal to the C library's sequence from equal seeds
for _, seed in ipairs { 0, 1, 42, 123456789, 2 ^ 31 - 1, -1, 3.7 } do math.randomseed(seed) local o = {} for i = 1, 5 do o[i] = string.format("%.10f", math.random()) end for i = 6, 10 do o[i] = math.random(100) end for i = 11, 15 do o[i] = math.random(-10, 10) end print(seed, table.concat(o, " ")) end
math.randomseed(7) local t = {} for i = 1, 1000 do local r = math.random(10) assert(r >= 1 and r <= 10 and r % 1 == 0) t[r] = (t[r] or 0) + 1 end print(unpack(t, 1, 10)) for i = 1, 1000 do local r = math.random() assert(r >= 0 and r < 1) end
math.randomseed(99) show("bounds", math.random(1), math.random(5, 5), math.random(0, 1), math.random(2 ^ 31 - 1), math.random(-5, -1), math.random("10"), math.random(3.9), math.random(1.5, 3.9)) try("0", math.random, 0) try("2,1", math.random, 2, 1) try("3 args", math.random, 1, 2, 3) try("x", math.random, "x") try("1,x", math.random, 1, "x") try("-5", math.random, -5) try("nil", math.random, nil) try("seed", math.randomseed) try("seed x", math.randomseed, "x") show("seed results", select("#", math.randomseed(1))) try("0.5", math.random, 0.5) show("wide", math.random(-2 ^ 31, 2 ^ 31 - 1) ~= nil)

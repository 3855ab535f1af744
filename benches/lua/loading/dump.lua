-- Functions dumped and loaded again.
local scale = tonumber((...)) or 1
local load = loadstring or load

local function subject(a, b)
  local t = { first = a, second = b, "array", 1, 2, 3 }
  local function inner(x) return function() return x + t.first end end
  for k, v in pairs(t) do if type(v) == "number" and k ~= "first" then a = a + v end end
  return a .. "text", inner(b)
end
local sum = 0
for i = 1, math.floor(100000 * scale) do
  local f = load(string.dump(subject))
  local s, g = f(1, 2)
  sum = sum + #s + g()
end
print(sum)

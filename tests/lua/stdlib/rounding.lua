-- math.floor and math.ceil at every size: beside whole numbers and halves, signed zeros, where fractions end, and beyond.
local function show(n) return string.format("%.17g", n) .. (n == 0 and (1 / n < 0 and "-" or "+") or "") end
local function try(x)
  local f, c = math.floor(x), math.ceil(x)
  print(show(x), show(f), show(c))
end
local near = { 0, 0.5, 1, 1.5, 2, 2.5, 3, 1000, 2^30, 2^31 - 1, 2^31, 2^31 + 0.5, 2^32, 2^49, 2^50 - 1, 2^50, 2^51 - 1, 2^51, 2^51 + 1, 2^52 - 1,
  2^52, 2^53, 2^60, 1e300, 1 / 0 }
for _, n in ipairs(near) do
  for e = 0, 55, 5 do
    local d = n * 2^-e
    try(d) try(-d)
  end
  local step = 2^-1074
  if n > 0 and n < 1 / 0 then local m, e = math.frexp(n) step = math.ldexp(1, e - 53) end
  for k = -2, 2 do try(n + k * step) try(-n - k * step) end
  try(n + 0.25) try(-n - 0.25) try(n - 0.25)
end
try(0 / 0 ~= 0 and 2.2250738585072014e-308 or 0)
print(math.floor("3.7"), math.ceil("-3.7"), math.floor(3.7, 9), pcall(math.floor), pcall(math.ceil, {}), pcall(math.floor, "x"))
local n = math.floor(0 / 0)
print(n ~= n)
local sum = 0
for i = -2000, 2000 do sum = sum * 3 % 1000003 + math.floor(i / 7) * 2 + math.ceil(i / 9) end
print(sum)

-- Powers whose result is found without the C library, and those beside them: all of them to the last bit.
local function show(x) return ("%.17g"):format(x) end
local function powers(x, y) return x ^ y, math.pow(x, y) end
local sum = {}
for n = -1080, 1030 do
  local a, b = powers(2, n)
  sum[#sum + 1] = show(a) .. (a == b and "" or " differs")
  if #sum == 8 then print(n, table.concat(sum, " ")) sum = {} end
end
for n = -330, 310 do if n % 7 == 0 or n > -3 and n < 30 then print(n, show(10 ^ n), show(2 ^ (n + 0.5)), show(10 ^ (n / 4)), show((-2) ^ n), show(0.5 ^ n)) end end
local numbers = {
  0, -0.0, 1, -1, 2, 3, 0.1, -0.3, 1.5, 67108863, 67108864, 67108865, -120135029, 134217727, 134217728, 1e15, 2 ^ 53 - 1, 2 ^ 511, 2 ^ 512, 2 ^ -537, 2 ^ -540,
  3 * 2 ^ -1074, 1e154, 1.3407807929942596e154, 1e155, 1e300, 1 / 0, -1 / 0,
}
for _, x in ipairs(numbers) do print(show(x), show(x ^ 2), show(math.pow(x, 2)), show(x ^ 3), show(x ^ -2), show(2 ^ x), show(10 ^ x)) end
local state, total = 99, 0
for _ = 1, 20000 do
  state = state * 16807 % 2147483647
  local x = (state - 2 ^ 30) / 2 ^ (state % 40)
  local y = x ^ 2
  total = (total * 3 + y) % 2 ^ 40
  if y ~= math.pow(x, 2) then print("differs", x) end
end
print(show(total))
print(("2" ^ "10"), 2 ^ "3", "3" ^ 2, pcall(function() return 2 ^ {} end), pcall(function() return nil ^ 2 end), pcall(math.pow, 2), pcall(math.pow, "2", "x"))
local set = setmetatable({}, { __pow = function(a, b) return type(a) .. type(b) end })
print(set ^ 2, 2 ^ set)

-- bit (LuaBitOp) and bit32: every operation over edge values and random ones, a hash made with them, errors.
local bit, bit32 = require "bit", require "bit32"
local values = { 0, 1, -1, 2, 7, 31, 32, 33, 0x7fffffff, 0x80000000, 0xffffffff, -0x80000000, 2 ^ 32, 2 ^ 40 + 5, 123456.5, -3.7 }
math.randomseed(3)
for i = 1, 20 do values[#values + 1] = math.random(0, 2 ^ 31 - 1) * 2 end
local sum = 0
for _, name in ipairs { "tobit", "bnot", "bswap", "tohex" } do
  local t = {}
  for i, v in ipairs(values) do t[i] = tostring(bit[name](v)) end
  print(name, table.concat(t, " "))
end
for _, name in ipairs { "band", "bor", "bxor", "lshift", "rshift", "arshift", "rol", "ror" } do
  local t = {}
  for i, a in ipairs(values) do for j = i, #values, 7 do t[#t + 1] = bit[name](a, values[j]) end end
  print(name, #t, table.concat(t, " ", 1, 40))
  for _, v in ipairs(t) do sum = (sum * 31 + v) % 2 ^ 40 end
end
print("sum", sum, bit.band(1, 3, 7, 9), bit.bxor(1, 2, 4, 8, 16), bit.tohex(0xabcdef, 4), bit.tohex(-1, -8))
for _, name in ipairs { "band", "bor", "bxor", "btest", "lshift", "rshift", "arshift", "lrotate", "rrotate" } do
  local t = {}
  for i, a in ipairs(values) do if a % 1 == 0 then t[#t + 1] = tostring(bit32[name](a, i)) end end
  print("bit32." .. name, table.concat(t, " "))
end
print(bit32.extract(0xabcd, 4, 8), bit32.replace(0, 0xff, 8, 8), pcall(bit32.extract, 1, 30, 5))
local function hash(s)
  local h = bit.tobit(0x811c9dc5)
  for i = 1, #s do h = bit.bxor(h, s:byte(i)) h = bit.tobit(h + bit.lshift(h, 1) + bit.lshift(h, 4) + bit.lshift(h, 7) + bit.lshift(h, 8) + bit.lshift(h, 24)) end
  return bit.tohex(h)
end
for i = 1, 2000 do hash("text " .. i) end
print(hash "", hash "a", hash(("long "):rep(1000)))
print(pcall(bit.band)) print(pcall(bit.bnot, {})) print(pcall(bit.lshift, 1)) print(pcall(bit.tohex, "x"))

-- Random format specifications and numbers: string.format, tostring, tonumber and arithmetic on the edges of doubles.
local R = dofile("support/rnd.lua")
local function number()
  local c = R.int(14)
  if c == 1 then return R.int(100) elseif c == 2 then return -R.int(100000) elseif c == 3 then return R.int(2147483646) * R.int(4194304) elseif c == 4 then return R.int(1000000) / 1000 elseif c == 5 then return R.int(2147483646) / 2147483647 elseif c == 6 then return 2 ^ (R.int(2100) - 1075) elseif c == 7 then return 10 ^ (R.int(600) - 300) elseif c == 8 then return -(10 ^ (R.int(40) - 20)) * R.int(1000) / 7 elseif c == 9 then return 0 elseif c == 10 then return R.pick { 1 / 0, -1 / 0, 0 / 0, 2 ^ 53, 2 ^ 53 - 1, 2 ^ 31, -2 ^ 31, 2 ^ 63, 1e15, 1e14, 123456789012345, 0.1, 0.5, 1.5, 2.5, 5e-324, 1.7976931348623157e308 } elseif c == 11 then return R.int(2147483646) * 2 ^ (R.int(200) - 100) elseif c == 12 then return R.int(9) + 0.5 elseif c == 13 then return (R.int(2147483646) + R.int(2147483646) / 2147483647) * 10 ^ (R.int(30) - 15) else return R.int(10) / R.int(10) end
end
local flags = { "", "", "", "-", "+", " ", "#", "0", "-+", "+0", "# ", "0#" }
for case = 1, 3000 do
  R.seed(case * 31)
  local out = {}
  for i = 1, 10 do
    local v = number()
    local conv = R.pick { "e", "E", "f", "g", "G", "g", "g", "d", "i", "x", "X", "o", "u", "s", "c" }
    if (conv == "d" or conv == "i" or conv == "x" or conv == "X" or conv == "o" or conv == "u" or conv == "c") and not (v > -2 ^ 52 and v < 2 ^ 52) then conv = "g" end
    if conv:find("[xXouc]") then v = math.abs(v) end
    local spec = "%" .. R.pick(flags) .. (R.chance(40) and R.int(30) or "") .. (R.chance(50) and "." .. (R.int(25) - 1) or "") .. conv
    local ok, r = pcall(string.format, spec, v)
    out[#out + 1] = spec .. "=" .. tostring(r)
    local s = tostring(v)
    out[#out + 1] = s .. " " .. tostring(tonumber(s)) .. " " .. tostring(tonumber(string.format("%.17g", v)) == v) .. " " .. tostring(v % number()) .. " " .. tostring(math.floor(v))
  end
  if case % 4 == 0 then io.write(R.checksum(table.concat(out, "\n")), case % 32 == 0 and "\n" or " ") end
  if case % 150 == 0 then print(table.concat(out, "; ")) end
end
-- random numeral texts
local chars = "0123456789.eExX+-aAfF pP_"
for case = 1, 3000 do
  R.seed(case * 17)
  local s = {} for i = 1, R.int(9) do local p = R.int(R.chance(60) and 10 or #chars) s[i] = chars:sub(p, p) end s = table.concat(s)
  local f, m = loadstring("return " .. s, "=n")
  local v = tonumber(s)
  local ok, r = pcall(function() return s + 0 end)
  io.write(s, "=", tostring(v), ",", tostring(tonumber(s, R.int(35) + 1)), ",", ok and tostring(r) or "error", ",", f and "compiles" or m, case % 4 == 0 and "\n" or "; ")
end

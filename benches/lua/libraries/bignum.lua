-- Big integers in arrays of digits: factorials, Fibonacci numbers, digits of e.
local scale = tonumber((...)) or 1
local floor = math.floor
local BASE = 10000000

local Big = {}
Big.__index = Big
local function big(n)
  local r = setmetatable({}, Big)
  repeat r[#r + 1] = n % BASE; n = floor(n / BASE) until n == 0
  return r
end
function Big.__add(a, b)
  local r, carry = setmetatable({}, Big), 0
  for i = 1, math.max(#a, #b) do
    local s = (a[i] or 0) + (b[i] or 0) + carry
    if s >= BASE then r[i] = s - BASE; carry = 1 else r[i] = s; carry = 0 end
  end
  if carry > 0 then r[#r + 1] = carry end
  return r
end
function Big.__mul(a, b)
  if type(b) == "number" then b = big(b) end
  local r = setmetatable({}, Big)
  for i = 1, #a + #b do r[i] = 0 end
  for i = 1, #a do
    local carry, x = 0, a[i]
    for j = 1, #b do
      local p = r[i + j - 1] + x * b[j] + carry
      carry = floor(p / BASE)
      r[i + j - 1] = p - carry * BASE
    end
    r[i + #b] = r[i + #b] + carry
  end
  while #r > 1 and r[#r] == 0 do r[#r] = nil end
  return r
end
function Big.__tostring(a)
  local out = { string.format("%d", a[#a]) }
  for i = #a - 1, 1, -1 do out[#out + 1] = string.format("%07d", a[i]) end
  return table.concat(out)
end
local function checksum(s) local h = 0; for c in s:gmatch("%d") do h = (h * 10 + c) % 65521 end return h end

local sum = 0
for round = 1, math.floor(91 * scale + 0.5) do
  local f = big(1)
  for i = 2, 300 do f = f * i end
  local a, b = big(0), big(1)
  for i = 1, 1200 do a, b = b, a + b end
  sum = sum + checksum(tostring(f)) + checksum(tostring(a)) + checksum(tostring(f * b))
end
print(string.format("%.0f", sum))

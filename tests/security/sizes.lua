-- Sizes whose sums or products overflow (CVE-2022-24834, CVE-2015-8080, CVE-2020-14147, CVE-2024-31449): memory is limited
-- here, so the answer is an error; nothing may be cut, wrapped round, or crash. (The reference's string.rep("x", 1e10) has
-- 1410065408 bytes.)
-- limit-memory: 500000

local function no_memory(f, ...)
  local ok, message = pcall(f, ...)
  message = tostring(message)
  assert(not ok and (message:find("not enough memory") or message:find("too large") or message:find("overflow")), message:sub(1, 200))
  collectgarbage()
end
local function filled(n, value) local t = {} for i = 1, n do t[i] = value end return t end
local big = ("x"):rep(2^23)
for _, n in ipairs { 2^31 - 1, 2^31, 2^32, 2^32 + 1, 2^53 } do
  no_memory(string.rep, "abcd", n)
  no_memory(string.rep, big, n)
end
no_memory(function() return table.concat(filled(100, big)) end)
no_memory(function() return table.concat(filled(100, "x"), big) end)
no_memory(function() return (("x"):rep(100):gsub("x", function() return big end)) end)
no_memory(function() return (("x"):rep(100):gsub("x", (big:gsub("%%", "%%%%")))) end)
no_memory(function() local s = big while true do s = s .. s end end)
no_memory(function() return string.format(("%s"):rep(100), unpack(filled(100, big))) end)
no_memory(function() return string.format(("%q"):rep(100), unpack(filled(100, big))) end)
no_memory(function() local t = {} for i = 1, 1e9 do t[i] = big .. i end end)
no_memory(function() local n = 0 return assert(load(function() n = n + 1 return n == 1 and "x = '" or big end)) end)
-- Widths and precisions.
for _, spec in ipairs { "%100d", "%.100f", "%2147483647d", "%99999999999999999999d", "%.2147483648f", "%-999s" } do
  local ok, message = pcall(string.format, spec, 1)
  assert(not ok and message:find("invalid format", 1, true), message)
end
assert(#string.format("%99.99f", 1e308) == 309 + 1 + 99)
for _, n in ipairs { 2^31, -2^31, 2^53, 2^63, -2^63, 2^64, 1e300, -1e300, 0/0, 1/0, -1/0 } do
  for _, spec in ipairs { "%d", "%i", "%u", "%x", "%o", "%c", "%e", "%g", "%f", "%q", "%s" } do assert(#string.format(spec, n) < 400) end
  pcall(string.char, n) pcall(string.rep, "", n) pcall(math.random, n) pcall(math.ldexp, 1, n) pcall(tonumber, "zz", n) pcall(os.date, "%c", n)
end
-- A table that cannot grow stays whole.
local t = { 1, 2, 3, x = 1 }
no_memory(function() for i = 1, 1e9 do t[i] = i end end)
local n = #t
assert(n > 1e6 and t[1] == 1 and t[1000] == 1000 and t[n] == n and t.x == 1 and next(t) == 1)

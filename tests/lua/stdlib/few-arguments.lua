-- Functions of few arguments, at the borders of what they do at once.
local function try(f, ...) print(pcall(f, ...)) end
for n = 0, 20 do
  local bytes = {}
  for i = 1, n do bytes[i] = 64 + i end
  print(n, string.char(unpack(bytes)))
  bytes[n + 1] = 256
  try(string.char, unpack(bytes))
end
for _, v in ipairs { 65.9, -0.0, -0.5, -1, 255, 255.5, 256, 1e10, 2 ^ 32 + 65, 0 / 0, "66", "0x43", "x", {}, true } do
  print(tostring(v):gsub("0x%x+", "?"), (tostring(select(2, pcall(string.char, 65, v))):gsub("%z", "NUL")))
end
try(string.char, 65, nil) try(string.char, nil, 65)
-- min and max
local nan = 0 / 0
local function show(...) local t = { ... } for i = 1, #t do t[i] = ("%g"):format(t[i]) end return table.concat(t, " ") end
local numbers = { 1, 2, -3, -0.0, 0, 1 / 0, -1 / 0, nan }
for _, a in ipairs(numbers) do for _, b in ipairs(numbers) do for _, c in ipairs(numbers) do
  print(show(a, b, c), show(math.min(a, b, c), math.max(a, b, c), math.min(a, b), math.max(a, b), math.min(a, b, c, 1), math.max(c, b, a, 1)))
end end end
print(math.min("3", 2, "1"), math.max(1, "0x10", 3))
try(math.min) try(math.max, 1, 2, "x") try(math.min, 1, {}, 3) try(math.max, 1, 2, nil) try(math.min, "y", 2, 3)
-- tonumber
for base = 2, 36 do
  local results = {}
  for _, s in ipairs {
    "0", "1", "10", "z", "Z", "7f", "7F", " 7f ", "+7", "-7", "0x1f", "0b1", "7fg", "", " ", "1 1", "zzzzzzzzzzzz", "zzzzzzzzzzzzz", "111111111111", "1\0", "1e1", "1.5", "\2001",
    "ffffffffffffffff", "fffffffffffffffff", "\t11\n",
  } do results[#results + 1] = tostring(tonumber(s, base)) end
  print(base, table.concat(results, " "))
end
try(tonumber, "1", 1) try(tonumber, "1", 37) try(tonumber, {}, 16) try(tonumber, nil, 16) try(tonumber, 15, 16) try(tonumber, 1.5, 16) try(tonumber, "f", "16")
-- %q
for _, s in ipairs { "", "a", "\"", "\\", "\n", "\r", "\0", "\0001", "a\"b\nc\\d", "\r\n\0\"\\x", ("\""):rep(200), ("a\n"):rep(300), "\t\1\127\255" } do
  local q = ("%q"):format(s)
  print(#q, (q:gsub("%z", "NUL")), loadstring("return " .. q)() == s)
end
-- maxn
local function maxn(t) print(table.maxn(t)) end
maxn {} maxn { 1, 2, 3 } maxn { nil, nil, 3 } maxn { 1, nil, nil } maxn { n = 1 } maxn { [1.5] = 1 } maxn { [-1] = 1 } maxn { 1, 2, [100] = 3 } maxn { [2 ^ 53] = 1, 2 }
maxn { 1, 2, 3, [2.5] = 1 } maxn { 1, 2, 3, [3.5] = 1 } maxn { [1 / 0] = 1 }
local t = {}
for i = 1, 100 do t[i] = i end
for i = 100, 1, -1 do t[i] = nil if i % 9 == 0 then maxn(t) end end
for i = 1, 40 do t[i] = i t["k" .. i] = i end
maxn(t)
for i = 20, 40 do t[i] = nil end
maxn(t) t[1000] = 1 maxn(t) t[1000] = nil maxn(t)
local weak = setmetatable({}, { __mode = "v" })
for i = 1, 50 do weak[i] = {} end
weak[10] = "kept"
collectgarbage() maxn(weak)
try(table.maxn) try(table.maxn, "x")
-- dates
for _, time in ipairs { 0, 1, 86399, 951782400, 1e9, 1234567890, 2 ^ 31, 4e9, -1, -1e9, 253402300799, 253402300800, -62135596801, -1e11 } do
  for _, how in ipairs { "", "!" } do
    print(time, os.date(how .. "%d %m %y %Y %H %M %S %j %I %p %a %b %U %w %%|%", time), os.date(how .. "%Y-%m-%dT%H:%M:%S", time), os.date(how .. "%c %x %X %Z", time))
    local t = os.date(how .. "*t", time)
    print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.yday, t.wday, t.isdst)
  end
end
print(#os.date(("%Y"):rep(100) .. ("x"):rep(300), 0), os.date("", 0) == "", os.date("%", 0), os.date("%Y\0%d", 0))

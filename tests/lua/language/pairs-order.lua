-- The order of pairs and next for tables with string and number keys, over growth, deletion and rehash.
-- The collector is stopped: when it runs, it takes removed keys out of their place, which a later insertion shows.
collectgarbage("stop")
local T = dofile("support/show.lua")
local function keys(t) local o = {} for k in pairs(t) do o[#o + 1] = tostring(k) end return table.concat(o, " ") end
print(keys {}) print(keys { 1, 2, 3 }) print(keys { a = 1, b = 2, c = 3 }) print(keys { 1, 2, x = 1, y = 2, 3 })
print(keys { [10] = 1, [20] = 2, [30] = 3 }) print(keys { [1] = 1, [2] = 2, [3] = 3, [4] = 4 }) print(keys { [-1] = 1, [0] = 1, [1] = 1 })
print(keys { [1.5] = 1, [2.5] = 2, [0.1] = 3 }) print(keys { [true] = 1, [false] = 2 }) print(keys { [1e10] = 1, [1e20] = 1, [-1e10] = 1, [2 ^ 53] = 1 })
print(keys { name = 1, age = 2, email = 3, address = 4, phone = 5, city = 6, zip = 7, country = 8 })
local words = {}
for w in ([[the quick brown fox jumps over the lazy dog while seven wizards mix black quartz in a big jug and pack my box
  with five dozen liquor jugs how vexingly quick daft zebras jump sphinx of quartz judge my vow]]):gmatch("%a+") do words[#words + 1] = w end
local t = {}
for i, w in ipairs(words) do
  t[w] = i
  if i % 7 == 0 then print(keys(t)) end
end
for i, w in ipairs(words) do
  if i % 3 == 0 then t[w] = nil end
end
print(keys(t))
for i = 1, 20 do t["new" .. i] = i end
print(keys(t))
for i = 1, 10 do t[i] = i end
print(keys(t))
for i = 100, 1, -7 do t[i] = i end
print(keys(t))
-- growing by every size
for n = 0, 70 do
  local s, m, r = {}, {}, {}
  for i = 1, n do s["k" .. i] = i m[i * 3] = i r[n - i + 1] = i end
  print(n, keys(s), "|", keys(m), "|", keys(r))
end
-- constructors of every size against assignment
for n = 1, 40 do
  local parts, mixed = {}, {}
  for i = 1, n do
    parts[i] = "f" .. i .. "=" .. i
    mixed[i] = i % 2 == 0 and tostring(i) or "g" .. i .. "=" .. i
  end
  print(keys(loadstring("return {" .. table.concat(parts, ",") .. "}")()), "|", keys(loadstring("return {" .. table.concat(mixed, ",") .. "}")()))
end
-- powers of two, negative, large and fractional keys
local p = {}
for i = 0, 60 do p[2 ^ i] = i end
print(keys(p))
p = {} for i = 1, 30 do p[-i] = i end print(keys(p))
p = {} for i = 1, 30 do p[i / 8] = i end print(keys(p))
p = {} for i = 1, 30 do p[i * 1e9 + 0.5] = i end print(keys(p))
p = {} for i = 1, 20 do p[10 ^ i] = i p["s" .. 10 ^ i] = i end print(keys(p))
p = {} for i = 1, 20 do p[10 ^ -i] = i end print(keys(p))
p = { [1 / 0] = 1, [-1 / 0] = 2, [0] = 3, [2 ^ 31] = 4, [-2 ^ 31] = 5, [2 ^ 32] = 6, [2 ^ 63] = 7 } print(keys(p))
-- long strings (hashing steps over characters), strings of every length
p = {} for i = 0, 70 do p[("x"):rep(i)] = i end print((keys(p):gsub("x+", function(s) return #s end)))
p = {} for i = 1, 40 do p[("ab"):rep(100) .. i] = i end print((keys(p):gsub("(ab)+", "~")))
p = {} for i = 1, 40 do p[i .. ("ab"):rep(100)] = i end print((keys(p):gsub("(ab)+", "~")))
p = {} for i = 0, 255 do p[string.char(i)] = i end
local o = {} for k, v in pairs(p) do o[#o + 1] = v end print(table.concat(o, " "))
-- delete while traversing and continue; values set to nil stay in the order until a rehash
t = {} for i = 1, 20 do t["d" .. i] = i end
for k, v in pairs(t) do if v % 2 == 0 then t[k] = nil end end print(keys(t))
t.again = 1 print(keys(t))
for i = 1, 20 do t["d" .. i] = i end print(keys(t))
-- insert and remove churn (the free pointer moves down)
t = {}
for round = 1, 30 do
  t["a" .. round] = round
  if round > 5 then t["a" .. (round - 5)] = nil end
  print(round, keys(t))
end
-- array part: from the hash part, holes, next from an index
t = {} t[3] = 3 t[2] = 2 t[1] = 1 print(keys(t), #t) t[4] = 4 print(keys(t), #t) t[6] = 6 print(keys(t), #t) t[5] = 5 print(keys(t), #t)
t = { 1, 2, 3, 4, 5, 6, 7, 8 } t[4] = nil t[8] = nil print(keys(t), #t) t[9] = 9 print(keys(t), #t) t.x = 1 print(keys(t), #t)
t = { n = 1, 10, 20, 30 } t[2] = nil print(keys(t), next(t, 1), next(t, 3), next(t, "n"))
T.try("next bad key", next, {}, "nokey") T.try("next bad key", next, { 1 }, 5) T.try("next nan", next, { 1 }, 0 / 0) T.try("next 1.5", next, { 1 }, 1.5) T.try("next", next) T.try("next 5", next, 5)
T.try("next last", next, { 1 }, 1) T.try("pairs", pairs) T.try("pairs 5", pairs, 5) T.try("pairs nil", pairs, nil) T.try("ipairs", ipairs) T.try("ipairs nil", ipairs, nil)
-- the globals
local g = {} for k in pairs(_G) do g[#g + 1] = k end table.sort(g) print(table.concat(g, " "))
for _, lib in ipairs { "string", "table", "math", "io", "os", "debug", "coroutine", "package" } do
  local names = {} for k in pairs(_G[lib]) do names[#names + 1] = k end
  table.sort(names)
  print(lib, table.concat(names, " "))
end

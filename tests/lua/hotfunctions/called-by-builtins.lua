-- Functions that builtins call again and again, some of them long: what they are called with, give, throw, and see.
local function long(a, b)
  local s = 0
  for i = 1, 3 do s = s + i end
  local x = (type(a) == "table" and a.key or a)
  local y = (type(b) == "table" and b.key or b)
  if x == nil or y == nil then error("nothing to compare") end
  return x < y, s
end
local function shuffled(n)
  local t, x = {}, 7
  for i = 1, n do x = (x * 1103 + 12345) % 65536 t[i] = {key = x % 1000, at = i} end
  return t
end
for round = 1, 30 do
  local t = shuffled(200)
  table.sort(t, long)
  for i = 2, #t do assert(t[i - 1].key <= t[i].key) end
  if round == 30 then print(t[1].key, t[200].key, t[100].key) end
end
-- errors, and the hook of each call
local t = shuffled(50)
t[30].key = nil
print(pcall(table.sort, t, function(a, b) return a.key < b.key end))
print(pcall(table.sort, t, long))
print(pcall(table.sort, shuffled(50), function() return true end))
local calls = 0
local u = shuffled(20)
debug.sethook(function() calls = calls + 1 end, "c")
table.sort(u, long)
debug.sethook()
print(calls > 20, u[1].key)
-- set by a callback, in the middle
local seen = 0
local v = shuffled(20)
table.sort(v, function(a, b)
  seen = seen + 1
  if seen == 10 then debug.sethook(function() calls = 0 end, "c") end
  if seen == 20 then debug.sethook() end
  return a.key < b.key
end)
print(seen, calls)
-- gsub
local text = ("one two three "):rep(40)
local function upper(word)
  local out = {}
  for i = 1, #word do out[i] = word:sub(i, i):upper() end
  if #word == 5 then return false end
  return table.concat(out)
end
for round = 1, 20 do
  local made, n = text:gsub("%a+", upper)
  if round == 20 then print(made:sub(1, 28), n) end
end
print(pcall(string.gsub, text, "%a+", function(w) if w == "three" then error("three of " .. #w) end end))
print(pcall(string.gsub, text, "%a+", function(w) return {} end))
-- varargs, few and many parameters
print((("abc"):gsub(".", function(...) return select("#", ...) .. "!" end)))
print((("abc"):gsub("(.)", function(a, b, c, d) return tostring(b) .. tostring(d) end)))
print((("abc"):gsub("()(.)()", function(a) return a end)))
-- foreach, foreachi
local sum = 0
for round = 1, 100 do
  table.foreach({10, 20, x = 30}, function(k, w) for i = 1, 2 do sum = sum + w end end)
  table.foreachi({1, 2, 3}, function(i, w) sum = sum + i * w end)
end
print(sum, table.foreach({a = 1}, function(k) return k end), table.foreachi({5, 6}, function(i, w) if w == 6 then return i, w end end))
-- recursion through them
local function depth(n)
  if n == 0 then return 0 end
  local d
  table.foreachi({1}, function() d = depth(n - 1) + 1 end)
  return d
end
print(depth(60))
-- a builtin, and a callable object
local list = {"b", "c", "a"}
print(pcall(table.sort, list, rawequal), table.concat(list))
local object = setmetatable({}, {__call = function(self, w) return w .. w end})
print(pcall(string.gsub, "ab", ".", object))
print(pcall(table.sort, {2, 1}, object))

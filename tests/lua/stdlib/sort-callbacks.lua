-- What table.sort's function may do: be of Lua or not, fail at any comparison, sort itself, change the table, lie.

local sort, concat = table.sort, table.concat
local function numbers(n) local t, x = {}, 7; for i = 1, n do x = (x * 16807) % 2147483647; t[i] = x % 100 end; return t end

for n = 0, 40 do
  local t, calls = numbers(n), 0
  sort(t, function(a, b) calls = calls + 1; return a > b end)
  print(n, calls, concat(t, " "))
end
local t = numbers(30)
sort(t, math.min and function(...) local a, b = ...; return a < b end)
print(concat(t, " "))
sort(t, setmetatable and rawequal); print(#t)
print(pcall(sort, numbers(20), math.max))
print(pcall(sort, { 3, 1, 2 }, 1), pcall(sort, { 3, 1, 2 }, setmetatable({}, { __call = function(_, a, b) return a < b end })))

-- It fails at its nth comparison: the table holds what it held then.
for n = 1, 60, 7 do
  local t, calls = numbers(25), 0
  print(pcall(sort, t, function(a, b) calls = calls + 1; if calls == n then error("at " .. n, 0) end; return a < b end))
  print(calls, concat(t, " "))
end

-- It sorts, calls protected functions, resumes coroutines, and passes on errors of all of them.
local inner = 0
t = numbers(20)
sort(t, function(a, b)
  local u = { a, b, 50 }
  sort(u, function(x, y) inner = inner + 1; return x < y end)
  local ok = pcall(sort, { 1, 2, 3 }, function() error("no") end)
  local co = coroutine.wrap(function(x) local y = coroutine.yield(x); return y end)
  co(a); co(b)
  return not ok and a < b
end)
print(inner, concat(t, " "))
print(select(2, pcall(sort, numbers(9), function(a, b) local t = nil; return t.x end)))
print(debug.traceback("here"))
sort({ 2, 1 }, function() print((debug.traceback("there"))); return false end)

-- In a coroutine that is resumed by the function of another sort.
local deep = coroutine.wrap(function()
  local t = numbers(12)
  sort(t, function(a, b) return a < b end)
  coroutine.yield(concat(t, " "))
  error("late", 0)
end)
print(deep()); print(pcall(deep))

-- No order at all.
print(pcall(sort, numbers(50), function() return true end))
print(pcall(sort, numbers(3), function() return true end))
local t50 = numbers(50); sort(t50, function() return false end); print(concat(t50, " "))
sort(t50, function() end); sort(t50, function() return nil, 1 end); print(#t50)

-- By metamethods, and with what they raise.
local V = {}; V.__lt = function(a, b) return a.n < b.n end
local vs = {}
for i, n in ipairs(numbers(20)) do vs[i] = setmetatable({ n = n }, V) end
sort(vs); for i, v in ipairs(vs) do vs[i] = v.n end; print(concat(vs, " "))
print(pcall(sort, { 1, "x", 2 })); print(pcall(sort, { {}, {} }))

-- Hooks see every call and return.
local events = {}
debug.sethook(function(e) events[#events + 1] = e end, "cr")
sort({ 3, 1, 2 }, function(a, b) return a < b end)
debug.sethook()
print(#events, concat(events, " "))
local lines = 0
debug.sethook(function() lines = lines + 1 end, "l")
sort({ 3, 1, 2 }, function(a, b)
  return a < b
end)
debug.sethook()
print(lines)

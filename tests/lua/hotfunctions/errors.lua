-- Errors deep in functions that are called often: messages, levels, tracebacks, what is caught where, and the state afterwards.

-- The ways to fail, at the bottom of several kinds of recursion.
local ways = {
  function() error("message") end, function() error("level 0", 0) end, function() error("level 2", 2) end, function() error("level 3", 3) end, function() error({ "object" }) end, function() error() end, function() error(nil, 2) end, function() error(12.5) end,
  function() return nil + 1 end, function() return ("x").y.z end, function() local t = {} t.a.b = 1 end, function() return #5 end, function() return {} .. "x" end, function() return {} < {} end, function() return 1 < "2" end,
  function() undefined() end, function() local t = {} t:method() end, function() return -{} end, function() for i = 1, "x" do end end, function() return math.floor({}) end, function() return ("x"):rep({}) end, function() setmetatable(1, 2) end,
  function() local t = {} t[nil] = 1 end, function() local t = {} t[0 / 0] = 1 end, function() string.rep() end, function() assert(false) end, function() assert(nil, "asserted") end, function() assert(false, { 1 }) end,
}
local function plain(n, f) if n == 0 then f() return 0 end local v = plain(n - 1, f) return v + 1 end
local function tail(n, f) if n == 0 then f() return 0 end return tail(n - 1, f) end
local function args(n, f) if n == 0 then f() return 0, 1 end return math.max(args(n - 1, f)) end
local function odd(n, f) if n <= 0 then f() return 0 end return (plain(0, f) + odd(n - 2, f)) end
local M = {}
M.__index = M
function M:go(n, f) if n == 0 then f() return self end return self:go(n - 1, f):go(0, f) end
local function method(n, f) return setmetatable({}, M):go(n, f) end
local function loop(n, f) for i = 1, 2 do if n == 0 then f() else loop(n - 1, f) end end return 1 end
local kinds = { plain, tail, args, odd, method, loop }
local function nothing() end
for i = 1, 300 do for k = 1, #kinds do kinds[k](i % 6, nothing) end end

local function text(m) return type(m) == "table" and "{" .. tostring(m[1]) .. "}" or tostring(m) end
for w, f in ipairs(ways) do
  for k, kind in ipairs(kinds) do
    local ok, m = pcall(kind, 4, f)
    if k == 1 or k == w % #kinds + 1 then print(w, k, ok, text(m)) end
    if k == w % #kinds + 1 then
      local ok, trace = xpcall(function() return kind(w % 4, f) end, function(m) return text(m) .. debug.traceback("", 2) end)
      print((trace:gsub("0x%x+", "ADDR"):gsub("\n%s*", "|")))
    end
  end
end

-- Long tracebacks: what is left out in the middle.
for _, n in ipairs { 8, 9, 10, 20, 21, 22, 23, 30, 500 } do
  print((select(2, xpcall(function() return plain(n, ways[1]) end, debug.traceback))))
  print((select(2, xpcall(function() return tail(n, ways[1]) end, debug.traceback))))
end

-- Caught at many levels, thrown on, turned into others.
local caught = 0
local function rethrow(n)
  if n == 0 then error("start", 0) end
  if n % 4 == 0 then
    local ok, m = pcall(rethrow, n - 1)
    caught = caught + 1
    if n % 8 == 0 then return m end
    error(m .. n, 0)
  end
  return rethrow(n - 1) .. "."
end
for i = 1, 800 do
  local ok, m = pcall(rethrow, i % 40)
  if i % 40 > 35 and i > 700 then print(i, ok, m) end
end
print(caught)

-- What was on the stack before is there afterwards.
local function careful(n)
  local a, b, c = n, { n }, "s" .. n
  local ok, m = pcall(plain, n % 7, n % 3 == 0 and ways[n % #ways + 1] or nothing)
  if a ~= n or b[1] ~= n or c ~= "s" .. n then print("lost", n) end
  if n > 0 and n % 5 ~= 0 then return careful(n - 1) + (ok and 1 or 0) end
  return 0
end
local total = 0
for i = 1, 400 do total = total + careful(i) end
print(total)

-- Overflows, of calls in all places; then all goes on.
local overflows = { function(f) return 1 + f(f) end, function(f, ...) return (f(f, 1, ...)) end }
for k, f in ipairs(overflows) do
  local ok, m = pcall(f, f)
  print(k, ok, tostring(m):match("stack overflow") or m, plain(5, nothing))
end

-- The level of error() counts frames, tail calls too.
local function thrower(n, level) if n == 0 then error("at " .. level, level) end
  return 1 + thrower(n - 1, level) end
local function tailing(n, level) if n == 0 then error("at " .. level, level) end
  return tailing(n - 1, level) end
for i = 1, 1200 do pcall(thrower, i % 5, 1) pcall(tailing, i % 5, 1) end
for level = 0, 6 do
  print(pcall(thrower, 3, level))
  print(pcall(tailing, 3, level))
end

-- Loops that never end are ended by a count hook wherever the reference's are: loops, recursion, callbacks, metamethods,
-- iterators, coroutines; also where each error is caught at once. (Limits, which nothing catches: capi-tests/limits.c.)

local function stops(what, f)
  local fired = 0
  local co = coroutine.create(f)
  debug.sethook(co, function() fired = fired + 1 error("time is up", 0) end, "", 1000)
  local ok, message = coroutine.resume(co)
  assert(fired > 0 and not ok and tostring(message):find("time is up"), what .. ": " .. tostring(message))
end
stops("while", function() while true do end end)
stops("repeat", function() repeat until false end)
stops("for", function() for _ = 1, math.huge do end end)
stops("for with step 0", function() for _ = 2, 1, 0 do end end)
stops("recursion", function() local function f() return f() end return f() end)
stops("next", function() local t = { 1 } while true do for _ in pairs(t) do end end end)
stops("iterator", function() for _ in function() return 1 end do end end)
stops("index", function() local t = setmetatable({}, { __index = function() return 1 end }) while t.x do end end)
stops("call", function() local t = setmetatable({}, { __call = function() return true end }) while t() do end end)
stops("comparison", function()
  local mt = { __lt = function() return true end }
  local a, b = setmetatable({}, mt), setmetatable({}, mt)
  while a < b do end
end)
stops("joining", function() local t = setmetatable({}, { __concat = function(a) return a end }) while t .. t do end end)
stops("sort", function()
  local t = {}
  for i = 1, 200 do t[i] = i end
  while true do table.sort(t, function(a, b) return a < b end) end
end)
stops("gsub", function() while true do (("x"):rep(100)):gsub("x", function() return "y" end) end end)
stops("gmatch", function() while true do for _ in ("a b c"):gmatch("%a") do end end end)
stops("builtins", function() while true do math.abs(1) tostring(1) end end)
stops("load", function() local f, m = load(function() return "x = 1 " end) error(m, 0) end)
stops("tables", function() while true do local _ = { {}, {} } end end)
stops("strings", function() local n = 0 while true do local _ = "a" .. n n = n + 1 end end)
stops("tostring", function() return tostring(setmetatable({}, { __tostring = function() while true do end end })) end)
-- A hook stays after an error that is caught: it comes again, until someone lets it through.
do
  local fired = 0
  local co = coroutine.create(function()
    while fired <= 20 do pcall(function() while true do end end) end
    return "left"
  end)
  debug.sethook(co, function() fired = fired + 1 error("time is up", 0) end, "", 1000)
  local _, result = coroutine.resume(co)
  assert(fired > 20 and (result == "left" or result == "time is up"), result)
end

-- Calls that were switches between coroutines when they last ran: what else may happen at the same place.
local yield, resume, wrap, create, status = coroutine.yield, coroutine.resume, coroutine.wrap, coroutine.create, coroutine.status

-- One place, many callees.
local function twice(...) return ..., select("#", ...) end
local function call(f, ...)
  local a, b, c = f(...)
  return tostring(a), tostring(b), tostring(c)
end
local function call0(f) local a, b = f() return tostring(a), tostring(b) end
local function call1(f, x) local a, b, c = f(x) return tostring(a), tostring(b), tostring(c) end
local function echo(...)
  local x = ...
  while true do x = yield(x, "echo") end
end
for round = 1, 4 do
  local co, w = create(echo), wrap(echo)
  for _, f in ipairs { w, twice, type, w, setmetatable({}, { __call = function(self, x) return "called", x end }), w, yield, w } do
    if f == yield then
      print(round, select("#", pcall(call1, f, round)), (pcall(call1, f, round)))
    else
      print(round, call1(f, round))
      print(round, pcall(call0, f))
    end
  end
  local function of(x) return resume(x, round) end
  print(pcall(call1, resume, co), pcall(call1, of, co))
  for _, v in ipairs { co, create(function(...) error("raised", 0) end), co, create(function(...) return ... end), "no coroutine", co, coroutine.running() or false } do
    local function place(r, x) local a, b, c = r(x, round, round + 1) return a, type(b), c end
    print(round, pcall(place, resume, v))
  end
end

-- Every number of values, either way; with too few and too many wanted.
local function given(n) local t = {} for i = 1, n do t[i] = i end return unpack(t) end
local source = {}
for n = 0, 9 do
  local args = {}
  for i = 1, n do args[i] = "b + " .. i end
  local list = table.concat(args, ", ")
  for wanted = 0, 4 do
    local names = ({ "", "local p = ", "local p, q = ", "local p, q, r = ", "local p, q, r, s = " })[wanted + 1]
    local shown = ({ "'none'", "p", "p, q", "p, q, r", "p, q, r, s" })[wanted + 1]
    source[#source + 1] = string.format([[
      do
        local co = coroutine.create(function(...)
          print("in", ...)
          for b = 0, 20, 10 do %s coroutine.yield(%s) print("back", %s) end
          return %s
        end)
        local w = coroutine.wrap(function(...) while true do %s coroutine.yield(%s) print("wrapped back", %s) end end)
        for b = 100, 140, 10 do
          %s coroutine.resume(co%s) print("out", %s)
        end
        for b = 100, 120, 10 do %s w(%s) print("wrapped out", %s) end
      end
    ]], names, list, shown, list == "" and "nil" or list, names, list:gsub("b", "7"), shown, names,
      list == "" and "" or ", " .. list, shown, names, list, shown)
  end
end
for i = 1, #source do assert(loadstring(source[i]))() end

-- Who waits need not be a Lua function.
local up = wrap(function(c) while true do c = yield(c:upper()) end end)
print((("abc def"):gsub("%w", up)))
local less = wrap(function(a, b) while true do a, b = yield(a > b) end end)
local list = { 3, 1, 4, 1, 5, 9, 2, 6 }
table.sort(list, less)
print(table.concat(list, " "))
print(pcall(wrap(function() for i = 1, 3 do yield(i) end end)))
local function four(...) while true do yield(1, 2, 3, (...)) end end
for round = 1, 3 do
  local co, other = create(four), create(four)
  list = { co, other }
  table.sort(list, resume)
  print(list[1] == other, list[2] == co, status(other), table.foreach({ [co] = 1 }, resume), table.foreach({ [co] = 1 }, resume))
  print(select(2, pcall(load, wrap(function() yield("return ", 1, 2) yield("7", 8) yield() end)))())
end
local meta = setmetatable({}, { __index = wrap(function(t, k) while true do t, k = yield(k .. "!") end end),
  __add = wrap(function(a, b) while true do a, b = yield("sum", "lost") end end) })
for i = 1, 3 do print(meta["k" .. i], meta + 1, meta.again) end
print(xpcall(function() local a, b = up(5) return a, b end, function(m) return "handled: " .. tostring(m):gsub("^.-:%d+: ", "") end))
print(pcall(up, "x"))

-- The same frame waits for one coroutine after another, and for the same again with calls between.
local function count(n) return wrap(function() for i = 1, n do yield(i) end return "end" end) end
local a, b = count(5), count(5)
local function nothing() end
for i = 1, 3 do print(a(), b(), a()) nothing() print(b()) end
print(pcall(a), pcall(b))
local depth = {}
local function chain(n)
  if n == 0 then return count(4) end
  local inner = chain(n - 1)
  return wrap(function() while true do local v = inner() if v == "end" then return v end yield(v + 1) end end)
end
for v in chain(6) do print(v) if v == "end" then break end end

-- Coroutines that come and go at one place, with collections between.
local kept = setmetatable({}, { __mode = "k" })
for i = 1, 200 do
  local co = create(function(x) while true do x = yield(x * 2) end end)
  kept[co] = i
  local ok, v = resume(co, i)
  local ok2, v2 = resume(co, v)
  if i % 50 == 0 then collectgarbage() print(i, v, v2, status(co)) end
end
co = nil
collectgarbage()

-- What was taken away from a wrapped function.
local w = count(3)
print(w(), w())
local function place(f) local v = f() return v end
print(place(w))
debug.setupvalue(w, 1, nil)
print((pcall(place, count(1))))

-- Tracebacks and levels are as before.
local tb
local t = create(function(x) while true do x = yield(x, debug.traceback("here")) end end)
for i = 1, 3 do
  local ok, x, text = resume(t, i)
  print(ok, x, text, (debug.traceback(t, "there")))
end
t = create(function() local w = wrap(function() while true do yield(debug.traceback()) end end) while true do yield(w(), debug.traceback()) end end)
for i = 1, 3 do print(resume(t)) end
-- Many that wait inside each other.
local function nest(n) if n == 0 then return yield("bottom") end local inner = wrap(nest) local v = inner(n - 1) v = yield(v) return inner(v) end
for i = 1, 3 do local co = create(nest) local _, v = resume(co, 60) local _, x = resume(co, "up") print(v, x, status(co)) end

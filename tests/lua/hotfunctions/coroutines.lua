-- Coroutines that yield from deep within functions that are called often, and are resumed later, or never.

local yield, wrap, create, resume, status = coroutine.yield, coroutine.wrap, coroutine.create, coroutine.resume, coroutine.status

-- A tree's walk.
local function insert(t, v) if not t then return { v = v } end if v < t.v then t.l = insert(t.l, v) else t.r = insert(t.r, v) end return t end
local function walk(t) if t then walk(t.l) yield(t.v) return walk(t.r) end end
local tree, x = nil, 1
for i = 1, 300 do x = x * 7919 % 10007 tree = insert(tree, x) end
for again = 1, 4 do
  local n, sum, last = 0, 0, -1
  for v in wrap(function() walk(tree) end) do
    n, sum = n + 1, sum + v
    if v < last then print("order") end
    last = v
  end
  print(n, sum)
end

-- What goes in and out at the bottom of a recursion, and on the way back.
local function dive(n, up)
  local mine = n * 2
  local got = n == 0 and yield("bottom", mine) or n % 3 == 0 and yield(n) or n
  if n > 0 then got = (got or 1) + dive(n - 1, up) end
  if up and n % 2 == 0 then got = got + (yield(-n) or 0) end
  return got + mine
end
for i = 1, 500 do
  local co, total, turns = create(dive), 0, 0
  local ok, v = resume(co, i % 12, i % 2 == 0)
  while status(co) ~= "dead" do
    turns = turns + 1
    total = total + (tonumber(v) or 100)
    ok, v = resume(co, turns)
  end
  if i % 50 == 0 or not ok then print(i, turns, total, ok, v) end
end

-- Many at work at once, in the same function at different depths.
local all = {}
for k = 1, 40 do all[k] = create(dive) end
local sums = {}
for turn = 1, 30 do
  for k = 1, 40 do
    if status(all[k]) ~= "dead" then
      local ok, v = resume(all[k], turn == 1 and k or turn % 5, k % 2 == 1)
      sums[k] = ((sums[k] or 0) * 3 + (tonumber(v) or 7)) % 10007
      if not ok then print(k, v) end
    end
  end
  if turn == 10 then for k = 1, 40, 7 do all[k] = create(dive) end collectgarbage() end
end
print(table.concat(sums, " "))

-- Tracebacks and locals of one that waits.
local co = create(function(n) local r = dive(n, true) return "end", r end)
print(resume(co, 7))
print((debug.traceback(co)))
for level = 0, 5 do
  local info = debug.getinfo(co, level, "nSl")
  if not info then break end
  io.write(info.what, " ", tostring(info.name), " ", info.currentline)
  local k = 1
  while info.what == "Lua" do
    local name, v = debug.getlocal(co, level, k)
    if not name or name:find "^%(" then break end
    io.write(" ", name, "=", tostring(v))
    k = k + 1
  end
  print()
end
print(debug.setlocal(co, 2, 1, 100), debug.setlocal(co, 1, 3, 5))
print(resume(co, 3))
while status(co) ~= "dead" do io.write(tostring(select(2, resume(co, 1))), " ") end
print()

-- Errors in them, at some depth; error values of all kinds.
local function fail(n, how) if n == 0 then if how == 1 then error("deep") elseif how == 2 then error({ code = n }) elseif how == 3 then yield("first") error("after", 2) end return nil .. "x" end local v = fail(n - 1, how) return v end
for i = 1, 400 do
  local co = create(fail)
  local ok, v = resume(co, i % 10, i % 4 + 1)
  if ok then ok, v = resume(co) end
  if i % 40 < 4 then print(i, ok, type(v) == "table" and v.code or v, status(co), select(2, resume(co))) end
end

-- Each level in a coroutine of its own.
local function nest(n) if n == 0 then yield(1) return 2 end local f = wrap(nest) local a = f(n - 1) yield(a + 1) local b = f() return a + (b or 10) end
for i = 1, 100 do
  local f = wrap(nest)
  local a, b = f(i % 8), f()
  if i % 10 == 0 then print(i, a, b) end
end

-- A generator that is called by functions that are called by another.
local function gen(n) return wrap(function() local function go(k) if k > 0 then go(k - 1) yield(k) go(k - 1) end end go(n) end) end
local function drain(g, n) local v = g() if not v then return n end return drain(g, n + v) end
for n = 1, 8 do print(n, drain(gen(n), 0)) end

-- Yields out of hot calls with results of all counts, to hot loops.
local function many(n, ...) if n == 0 then return yield(...) end return many(n - 1, n, ...) end
local m = wrap(function() while true do local n = select("#", many(0)) for k = 1, 5 do n = n + select("#", many(k)) end end end)
local got = 0
for i = 1, 1500 do got = got + select("#", m(unpack({ 1, 2, 3, nil, 5 }, 1, i % 6))) end
print(got)

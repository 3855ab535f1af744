-- How coroutines begin and end: arguments and results of every number, by `resume`, by what `wrap` returns and as
-- an iterator, again and again from the same instruction, with hooks and without.

local create, resume, status, wrap, yield =
  coroutine.create, coroutine.resume, coroutine.status, coroutine.wrap, coroutine.yield

local function pack(...) return select("#", ...), { ... } end
local function show(...)
  local n, t = pack(...)
  for i = 1, n do t[i] = tostring(t[i]) end
  print(n, table.concat(t, " ", 1, n > 12 and 12 or n))
end
local function count(n) local t = {}; for i = 1, n do t[i] = i end; return unpack(t, 1, n) end

-- Functions of no, some, many parameters, and varargs; fewer, as many and more arguments.
local bodies = {
  function() return "none" end,
  function(a, b) return b, a end,
  function(a, b, c, d, e, f, g, h, i, j, k, l) return l, k, a end,
  function(...) return select("#", ...), ... end,
  function(a) local b, c, d = yield(a); return d, c, b end,
  function(n) return count(n) end,
}
for turn = 1, 3 do
  for i = 1, #bodies do
    for n = 0, 14 do
      local co = create(bodies[i])
      show(resume(co, count(n)))
      show(resume(co, count(n)))
      print(status(co))
      show(resume(co))
    end
  end
end

-- Results by number: all, some, none; more than a call passes at once.
for _, n in ipairs { 0, 1, 2, 15, 16, 17, 60, 249, 250, 251, 1000 } do
  show(resume(create(bodies[6]), n))
  local a, b, c = resume(create(bodies[6]), n)
  print(a, b, c)
  local x, y = wrap(bodies[6])(n)
  print(x, y)
  resume(create(bodies[6]), n)
  show(wrap(bodies[6])(n))
  print((wrap(bodies[6])(n)))
  show(resume(create(bodies[4]), count(n)))
end

-- As iterators: ended at once, after some turns, by nil.
for turn = 1, 3 do
  for a in wrap(function() end) do print("never", a) end
  for a in wrap(function(s, c) print(s, c); return nil end), 1, 2 do print("never", a) end
  for a, b, c in wrap(function() for i = 1, 3 do yield(i, i * i) end end) do print(a, b, c) end
  for a, b in wrap(function() yield(1); yield(2, 3); return nil, 5 end) do print(a, b) end
end

-- What status says, of whom.
local outer
local function told(...) show(...); return ... end
outer = create(function()
  print(status(outer), status(coroutine.running()))
  local inner = create(function() print("outer is", status(outer)); yield(); error("inner", 0) end)
  print(status(inner))
  told(resume(inner)); print(status(inner))
  told(resume(inner)); print(status(inner))
  told(resume(inner)); print(status(inner))
  told(resume(outer))
  yield(1)
end)
for i = 1, 4 do print(status(outer)); told(resume(outer)) end
print(pcall(status), pcall(status, 1), pcall(status, {}, outer))
print(status(outer, 1, 2), (status(outer)))
local a, b = status(outer)
print(a, b)

-- Errors in the first run and in the last; the dead keep their frames.
for turn = 1, 3 do
  local co = create(function(x) local y = x .. "!"; error(y) end)
  show(resume(co, turn))
  print(status(co), (debug.traceback(co):gsub("0x%x+", "?")))
  co = create(function(x) yield(x); local t = nil; return t.x end)
  show(resume(co, turn)); show(resume(co)); print(status(co), (debug.traceback(co)))
  show(pcall(wrap(function() error({}) end)) == false)
end
show(pcall(create, print))
show(pcall(wrap, 1))
show(pcall(wrap(function() error("x", 0) end)))

-- A coroutine that ends while it is deep in others, and a wrapped one called after its end.
local function nest(n) if n == 0 then return "deep" end; return wrap(nest)(n - 1) end
show(wrap(nest)(60))
local once = wrap(function() return 1 end)
show(once()); show(pcall(once))

-- Upvalues of a coroutine's function stay open over its yields and are closed at its end.
local get, set
local co = create(function() local v = 1; get = function() return v end; set = function(x) v = x end; yield(); return v end)
resume(co); set(5); print(get()); show(resume(co)); set(6); print(get())

-- Hooks see all calls and returns, in the coroutines that have them.
local log = {}
local function hook(event, line) log[#log + 1] = event .. (line and ":" .. line - 0 or "") end
local hooked = create(function(a) debug.sethook(hook, "crl"); local b = yield(a); return b end)
show(resume(hooked, 1)); show(resume(hooked, 2)); print(status(hooked))
debug.sethook()
print(#log, table.concat(log, " "))
log = {}
debug.sethook(hook, "cr")
local inside = create(function(a) local b = yield(a); return a, b end)
resume(inside, 1); resume(inside, 2); status(inside)
debug.sethook()
print(#log, table.concat(log, " "))

-- Many, so that cycles of the collector pass between beginning and end.
local sum, kept = 0, {}
for i = 1, 3000 do
  local co = create(function(x) local t = { x }; local y = yield(t); return t[1] + y, { y } end)
  local _, t = resume(co, i)
  kept[i % 50] = co
  local old = kept[(i + 1) % 50]
  if old and status(old) == "suspended" then local _, s, u = resume(old, t[1]); sum = sum + s + u[1] end
end
print(sum)

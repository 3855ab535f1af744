-- Other states and stacks, coroutines driven from C, hooks that yield at every event, hooks that run scripts, stack levels.

-- a state of its own: nothing is shared, libraries come one by one, results and errors as text
do
  local s = T.newstate()
  assert(type(s) == "userdata")
  local a, b, c = T.doremote(s, "return 1, 'two', nil")
  assert(a == "1" and b == "two" and c == nil)
  assert(select("#", T.doremote(s, "return 1, 2, 3")) == 3 and select("#", T.doremote(s, "x = 5")) == 0)
  assert(T.doremote(s, "return x") == "5" and x == nil)
  local none, message, status = T.doremote(s, "return unknown.field")
  assert(none == nil and message:find("attempt to index global 'unknown'", 1, true) and status == 2)
  none, message, status = T.doremote(s, "return =")
  assert(none == nil and message:find("unexpected symbol", 1, true) and status == 3)
  assert(T.doremote(s, "return string") == nil)
  T.loadlib(s)
  assert(T.doremote(s, "baselibopen() strlibopen() tablibopen() mathlibopen() return string.rep('ab', 2) .. table.concat{1, 2} .. math.floor(2.5)") == "abab122")
  assert(T.doremote(s, "packageopen() iolibopen() oslibopen() dblibopen() return type(require) .. type(io.write) .. type(os.time) .. type(debug.getinfo)") == "functionfunctionfunctionfunction")
  assert(T.doremote(s, "return pcall(error, 'e')") == nil)
  -- its collector is its own
  assert(T.doremote(s, "for i = 1, 1e4 do local t = { i } end collectgarbage() return 'collected'") == "collected")
  T.checkmemory()
  -- testC works on its stack
  T.testC(s, "pushnum 12; setglobal n")
  assert(T.doremote(s, "return n") == "12")
  T.closestate(s)
  local states = {}
  for i = 1, 10 do states[i] = T.newstate() end
  for i = 10, 1, -1 do T.closestate(states[i]) end
  assert(not pcall(T.doremote, nil, "") and not pcall(T.closestate, 5))
end

-- a thread of its own
assert(T.doonnewstack("x = 10") == 0 and x == 10)
assert(T.doonnewstack("error('e')") == 2 and T.doonnewstack("x =") == 3)
assert(T.doonnewstack("x = nil") == 0 and x == nil)

-- resume by C
do
  local co = coroutine.create(function(a) local b, c = coroutine.yield(a, "yielded") error(b .. c, 0) end)
  local function all(...) return select("#", ...) .. ":" .. table.concat({ ... }, " ", 2) end
  assert(all(T.resume(co, 1)) == "3:1 yielded")
  assert(all(T.resume(co, "x", "y")) == "2:xy")
  assert(select(2, T.resume(co)):find("cannot resume", 1, true))
  assert(all(T.resume(coroutine.create(function(...) return ... end), 1, 2)) == "3:1 2")
  assert(not pcall(T.resume, 5))
end

-- a hook that yields: two computations run in turns, at every second and third instruction
do
  local turn
  local function factorial(who, n)
    assert(turn == who)
    if n == 0 then return 1 end
    return n * factorial(who, n - 1)
  end
  local A, B = 0, 0
  local x = coroutine.create(function() T.setyhook("", 2) A = factorial("A", 10) end)
  local y = coroutine.create(function() T.setyhook("", 3) B = factorial("B", 11) end)
  local turns = 0
  while A == 0 or B == 0 do
    if A == 0 then turn = "A" assert(T.resume(x)) end
    if B == 0 then turn = "B" assert(T.resume(y)) end
    turns = turns + 1
    T.checkmemory()
  end
  assert(B / A == 11 and turns > 20)
end
-- ... wherever the count ends, so at each kind of instruction in turn, through calls, loops, metamethods, pcall, tables, upvalues
do
  local function work()
    local sum, t = 0, {}
    for i = 1, 10 do t[i] = i * 2 end
    for _, v in ipairs(t) do sum = sum + v end
    for k in pairs { a = 1, b = 2 } do sum = sum + #k end
    local function up() sum = sum + 1 return sum end
    up()
    local mt = setmetatable({}, { __add = function(a, b) return 5 end, __index = function(_, k) return k end })
    local ok, m = pcall(function() return mt + mt + mt[7] end)
    local joined = ""
    while #joined < 5 do joined = joined .. "x" end
    table.sort(t, function(a, b) return a > b end)
    return sum .. tostring(ok) .. m .. joined .. t[1] .. select("#", unpack(t)) .. ("abc"):gsub("b", "-")
  end
  local expected = work()
  for _, hook in ipairs { { "", 2 }, { "", 3 }, { "", 7 } } do
    local co, result = coroutine.create(function() return (work()) end), nil
    T.setyhook(co, hook[1], hook[2])
    local resumed = 0
    repeat
      local ok, value = T.resume(co)
      assert(ok, value)
      resumed = resumed + 1
      result = value
      if resumed % 10 == 0 then collectgarbage("step", 0) T.checkmemory() end
    until coroutine.status(co) == "dead" or resumed > 10000
    assert(result == expected, tostring(result))
    assert(resumed > 10, resumed)
  end
  -- taken away, nothing yields any more
  local co = coroutine.create(work)
  T.setyhook(co, "", 2)
  assert(T.resume(co) and coroutine.status(co) == "suspended")
  T.setyhook(co)
  local ok, value = T.resume(co)
  assert(ok and value == expected and coroutine.status(co) == "dead")
end

-- the events of calls and returns cannot yield: that is an error of the function
for _, mask in ipairs { "c", "r", "cr" } do
  for count = 0, 3 do
    local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end
    local co = coroutine.create(function() local a = f(3) + math.abs(-1) return pcall(f, a) end)
    T.setyhook(co, mask, count == 1 and 2 or count)
    local turns, ok, message = 0
    repeat
      ok, message = T.resume(co)
      turns = turns + 1
      T.checkmemory()
    until not ok or turns == 100
    assert(not ok and message:find("attempt to yield across", 1, true), tostring(message))
  end
end

-- a hook that runs a script: it has the event and the line, may set globals, fail, and yield
do
  local events = {}
  function note(event, line) events[#events + 1] = event .. line end
  local f = loadstring("local a = 1\nlocal b = 2\nreturn a", "=f")
  T.sethook("getglobal note; insert 1; rawcall 2 0", "l")
  f()
  T.sethook()
  local text = table.concat(events, " ")
  assert(text:find("line1 line2 line3", 1, true), text)
  events = {}
  T.sethook("getglobal note; insert 1; rawcall 2 0", "cr", 0)
  f()
  T.sethook()
  assert(table.concat(events, " "):find("return-1 call1 return3 call-1", 1, true), table.concat(events, " "))
  T.sethook("pushstring 'from the hook'; error", "", 5)
  local ok, m = pcall(function() while true do end end)
  T.sethook()
  assert(not ok and m:find("from the hook", 1, true))
  local co = coroutine.create(function() local n = 0 for i = 1, 10 do n = n + i end return n end)
  T.sethook(co, "yield 0", "", 4)
  local resumed, last = 0
  repeat
    local ok, value = T.resume(co)
    assert(ok, value)
    resumed = resumed + 1
    last = value
  until coroutine.status(co) == "dead"
  assert(last == 55 and resumed > 5)
  note = nil
end

-- levels: slots and frames grow with calls and are given back
do
  local used, size, frame, frames, depth = T.stacklevel()
  assert(used > 0 and size >= used and frame >= 1 and frames > frame and depth >= 0)
  local function deep(n) if n == 0 then return { T.stacklevel() } end local r = deep(n - 1) return r end
  local inner = deep(100)
  assert(inner[1] > used + 200 and inner[2] >= inner[1] and inner[3] == frame + 101)
  -- calls inside calls of C are runs of the interpreter of their own
  local nested = T.testC("rawcall 0 1; return 1", function() return { T.stacklevel() } end)
  assert(nested[5] > depth)
end

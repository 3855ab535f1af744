-- Want of memory at every byte, the heap after every step of the collector, colours, finalizers of userdata.
local NONE = 0

-- Repeats f with a little more memory each time until it succeeds: each failure is the memory error, leaves nothing behind,
-- and the heap whole.
local function squeeze(name, f, step)
  collectgarbage() collectgarbage()
  local base = T.totalmem()
  local limit, failures = base, 0
  while true do
    T.totalmem(limit)
    local ok, result = pcall(f)
    T.totalmem(NONE)
    T.checkmemory()
    collectgarbage() -- what the failed run left is garbage
    if ok then
      assert(result ~= nil, name)
      break
    end
    assert(tostring(result):find("not enough memory", 1, true), name .. ": " .. tostring(result))
    failures = failures + 1
    limit = limit + (step or 13)
    assert(failures < 20000, name .. " has no end")
  end
  collectgarbage() collectgarbage()
  print(("%-24s failed %d times, within %d bytes"):format(name, failures, limit - base))
  return failures
end

assert(squeeze("table", function() return {} end) > 0)
assert(squeeze("table with parts", function() return { 1, 2, 3, x = 1 } end) > 0)
assert(squeeze("growing table", function() local t = {} for i = 1, 50 do t[i] = i t["k" .. i] = i end return t end) > 5)
assert(squeeze("string", function() return ("x"):rep(1000) .. "end" end) > 0)
assert(squeeze("concat", function() local t = {} for i = 1, 30 do t[i] = "part" .. i end return table.concat(t, ",") end) > 5)
assert(squeeze("closures", function() local u = {} return function() return u end end) > 1)
assert(squeeze("coroutine", function() local co = coroutine.wrap(function(a) coroutine.yield(a) return 1 end) return co(5) end) > 1)
assert(squeeze("deep call", function() local function d(n) if n == 0 then return 0 end return 1 + d(n - 1) end return d(300) end) > 0)
assert(squeeze("loadstring", function()
  return assert(loadstring("local a, b = {}, 'text' return function(...) local c = { ... } for i, v in pairs(c) do a[i] = v end return b end"))
end) > 10)
assert(squeeze("dump and undump", function()
  local f = function(a) local t = { a, "constant" } return function() return t end end
  return assert(loadstring(string.dump(f)))
end) > 3)
assert(squeeze("gsub", function() return (("abc"):rep(100):gsub("b", "longer")) end) > 0)
assert(squeeze("format", function() return string.format("%s %q %d", ("s"):rep(100), "q", 5) end) > 0)
assert(squeeze("sort", function() local t = { 3, 1, 2 } table.sort(t, function(a, b) return a < b end) return t end) > 0)
assert(squeeze("userdata", function() return T.newuserdata(100) end) > 0)
assert(squeeze("newproxy", function() local p = newproxy(true) getmetatable(p).__gc = function() end return p end) > 0)
assert(squeeze("error with position", function() local ok, m = pcall(function() error("message", 1) end) if not m:find("message") then error(m, 0) end return m end) > 0)
assert(squeeze("setfenv and globals", function() local f = setfenv(function() made = {} return made end, {}) return f() end) > 0)
assert(squeeze("testC", function() return T.testC("newtable; pushstring abc; setfield -2 x; newuserdata 10; newthread; return 3") end) > 0)
assert(squeeze("ref", function() local r = T.ref({}) T.unref(r) return r end) > 0)
assert(squeeze("a file", function() local f = io.open("tests/lua-ltests/memory.lua") if not f then error("not enough memory", 0) end local l = f:read() f:close() return l end) > 0)
assert(squeeze("traceback", function() return debug.traceback("here") end) > 0)
assert(squeeze("getinfo", function() return debug.getinfo(1, "nSlufL") end) > 0)
assert(squeeze("newstate", function() local s = T.newstate() if not s then error("not enough memory", 0) end T.closestate(s) return true end, 101) > 50)

-- accounts: what is made is counted, and given back; the peak stays
do
  collectgarbage() collectgarbage()
  local before, blocks, peak = T.totalmem()
  local keep = {}
  for i = 1, 100 do keep[i] = T.newuserdata(1000) end
  local during, more, peaked = T.totalmem()
  assert(during - before >= 100 * 1000 and more - blocks >= 100 and peaked >= during and peaked >= peak)
  keep = nil
  collectgarbage() collectgarbage()
  local after, fewer = T.totalmem()
  assert(after - before < 1000 and fewer - blocks < 10)
end

-- the collector step by step, the heap being validated after each, while a program changes everything
do
  collectgarbage() collectgarbage("stop")
  local states, steps = {}, 0
  local kept, weak = {}, setmetatable({}, { __mode = "v" })
  repeat
    local i = steps % 50
    kept[i] = { kept[i - 1], "string " .. steps, function() return kept, i end }
    kept["k" .. i] = coroutine.wrap(function() local up = kept[i] coroutine.yield(function() return up end) end)
    kept["k" .. i]()
    weak[i] = { i }
    kept[(i * 7) % 50] = nil
    local ended = collectgarbage("step", 0)
    T.checkmemory()
    states[T.gcstate()] = true
    steps = steps + 1
  until steps > 3000 or (ended and steps > 1500)
  collectgarbage("restart")
  print("steps", steps, states.propagate, states.sweep, states.pause or states.finalize)
  assert(states.propagate and states.sweep and (states.pause or states.finalize))
end

-- colours: after a whole cycle live objects are white; while marking, what is reached and traversed is black, what is new is not
do
  collectgarbage()
  local t, s = { {} }, "a string" .. 1
  assert(T.gccolor(t) == "white" and T.gccolor(s) == "white")
  assert(T.gccolor(5) == "none" and T.gccolor(nil) == "none" and T.gccolor(true) == "none")
  assert(select(2, T.gccolor(t)) == false and select(2, T.gccolor("__index")) == true)
  collectgarbage("stop")
  local guard = 0
  local registry = T.testC "pushvalue R; return 1"
  while T.gcstate() ~= "propagate" do collectgarbage("step", 0) guard = guard + 1 assert(guard < 1e5) end
  while T.gccolor(registry) ~= "black" and T.gcstate() == "propagate" do collectgarbage("step", 0) end
  if T.gcstate() == "propagate" then
    -- a store into a black table: the barrier makes one of the two gray, and the heap stays right
    local new = {}
    rawset(registry, "stored by a test", new)
    assert(T.gccolor(registry) == "gray" or T.gccolor(new) ~= "white")
    T.checkmemory()
    rawset(registry, "stored by a test", nil)
  end
  -- threads are never black
  assert(T.gccolor(coroutine.create(function() end)) ~= "black")
  collectgarbage("restart")
  collectgarbage()
end

-- finalizers: newest first, the userdata whole in its finalizer, brought back once
do
  local order, size = {}, nil
  local mt = { __gc = function(u) order[#order + 1] = T.udataval(u) size = T.testC("objsize 2; return 1", u) end }
  local addresses = {}
  for i = 1, 5 do
    local u = T.newuserdata(i)
    debug.setmetatable(u, mt)
    addresses[i] = T.udataval(u)
  end
  collectgarbage()
  assert(#order == 5 and size == 1)
  for i = 1, 5 do assert(order[i] == addresses[6 - i]) end
  T.checkmemory()
  local back, calls = nil, 0
  local u = T.newuserdata(8)
  debug.setmetatable(u, { __gc = function(o) back = o calls = calls + 1 end })
  u = nil
  collectgarbage()
  assert(calls == 1 and type(back) == "userdata")
  T.checkmemory()
  back = nil
  collectgarbage() collectgarbage()
  assert(calls == 1)
  -- a finalizer that allocates, collects and fails
  for i = 1, 20 do
    debug.setmetatable(T.newuserdata(i), { __gc = function() local t = {} for k = 1, 10 do t[k] = { k } end collectgarbage() T.checkmemory() if i == 10 then error("in finalizer", 0) end end })
  end
  local messages = 0
  for i = 1, 3 do local ok, m = pcall(collectgarbage) if not ok then assert(m == "in finalizer") messages = messages + 1 end end
  assert(messages == 1)
  T.checkmemory()
end

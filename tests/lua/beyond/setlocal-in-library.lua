-- debug.setlocal writes to every slot that it finds of a library function that waits, a value of every type each: then all ends with a
-- result or a plain error, whatever the function does next. The reference crashes for some of these.

local real_getlocal, real_setlocal, getinfo = debug.getlocal, debug.setlocal, debug.getinfo
local values = { false, true, 0, -1, 1e300, "text", {}, rawequal, function(...) return ... end, newproxy(true), coroutine.create(function() end),
  setmetatable({}, { __index = function() return 1 end, __call = function() end, __lt = function() return true end }) }
local NIL = {}
values[#values + 1] = NIL

local slot, value, at, count, hits
-- To be called by a callback: writes to the nearest C functions' slots, at the `at`-th call.
local function strike(thread)
  count = count + 1
  if count ~= at then return end
  if thread then
    local v = value
    if v == NIL then v = nil end
    for level = 0, 2 do
      if getinfo(thread, level, "S") and real_setlocal(thread, level, slot, v) then hits = hits + 1 end
    end
    return
  end
  local struck = 0
  for level = 2, 8 do
    local info = getinfo(level, "S")
    if not info or info.what == "main" then break end
    if info.what == "C" then
      local v = value
      if v == NIL then v = nil end
      if real_setlocal(level, slot, v) then hits = hits + 1 end
      struck = struck + 1
      if struck == 2 then break end -- the library function, and who called it
    end
    collectgarbage("step")
  end
end

local modules = 0
local programs = {
  sort = function() return table.sort({ 5, 3, 8, 1, 9, 2, 7, 4, 6 }, function(a, b) strike() return (tonumber(a) or 0) < (tonumber(b) or 0) end) end,
  sort_lt = function()
    local mt, t = {}, {}
    mt.__lt = function(a, b) strike() return a[1] < b[1] end
    for i = 1, 7 do t[i] = setmetatable({ i * 3 % 7 }, mt) end
    return table.sort(t)
  end,
  foreach = function() return table.foreach({ 1, 2, x = 3, y = 4 }, function() strike() end) end,
  foreachi = function() return table.foreachi({ 1, 2, 3, 4 }, function() strike() end, "extra") end,
  gsub = function() return string.gsub(("abc "):rep(12), "(%a)(%a)", function(a) strike() return a end) end,
  gsub_extra = function() return string.gsub("abc def", "%a", function(a) strike() return a end, 5, "extra", {}, 7) end,
  gsub_table = function() return string.gsub("abc def", "%a", setmetatable({}, { __index = function(_, k) strike() return k end }), 4) end,
  tostring = function() return tostring(setmetatable({}, { __tostring = function() strike() return "x" end }), 1, 2) end,
  pcall = function() return pcall(function() strike() end, 1, 2) end,
  xpcall = function() return xpcall(function() strike() error("x") end, function(m) strike() return m end) end,
  load = function() local n = 0 return load(function() strike() n = n + 1 return n < 6 and "x = 'some text' " or nil end, "=name") end,
  require = function()
    modules = modules + 1
    package.preload["struck" .. modules] = function() strike() return 1 end
    return require("struck" .. modules)
  end,
  loaders = function()
    table.insert(package.loaders, 1, function() strike() return "\n\tnot here" end)
    local ok, e = pcall(require, "struck.none")
    table.remove(package.loaders, 1)
    return ok, e
  end,
  module = function()
    modules = modules + 1
    local _G = _G
    module("struck" .. modules, function() strike() end, function() strike() end)
    setfenv(1, _G)
  end,
  resume = function()
    local me = coroutine.running()
    local co = coroutine.create(function() strike(me) coroutine.yield(1) strike(me) end)
    return coroutine.resume(co, 1, 2), coroutine.resume(co)
  end,
  wrap = function()
    local me = coroutine.running()
    return coroutine.wrap(function() strike(me) end)(1, 2)
  end,
  hook = function()
    debug.sethook(function() strike() end, "cr")
    string.rep("x", 3)
    debug.sethook()
  end,
  metamethods = function()
    local f = function() strike() return 1 end
    local t = setmetatable({}, { __index = f, __add = f, __concat = f, __eq = f, __lt = f, __call = f, __unm = f })
    return t.x, t + 1, t .. 1, t < t, t(), -t, pcall(t), string.format("%s", t.x)
  end,
}

local names = {}
for name in pairs(programs) do names[#names + 1] = name end
table.sort(names)
local total = 0
for _, name in ipairs(names) do
  hits = 0
  for s = 1, 17 do
    local before = hits
    for _, v in ipairs(values) do
      for a = 1, 3 do
        slot, value, at, count = s, v, a, 0
        local co = coroutine.create(programs[name])
        local ok, e = coroutine.resume(co)
        debug.sethook()
        assert(ok or e == nil or type(e) == "string" or e == v or v == NIL, tostring(e))
      end
    end
    if hits == before and s > 6 then break end
  end
  assert(hits > 0 or name == "pcall" or name == "metamethods", name) -- where nothing is to be seen
  collectgarbage()
  total = total + hits
end
assert(total > 1500, total)

-- What they do then.
local function message(f, ...) return select(2, pcall(f, ...)) end
local function set(n, v) return function(...) debug.setlocal(2, n, v) return ... end end
local t = { 3, 1, 2 }
table.sort(t, function(a, b) debug.setlocal(2, 2, nil) return a < b end) -- by `<` from here on
assert(table.concat(t, " ") == "1 2 3")
assert(message(table.sort, { 3, 1, 2 }, set(1, 5)):find("bad argument #1 to '?' (table expected, got number)", 1, true))
assert(message(table.foreach, { 1, 2 }, function() debug.setlocal(2, 3, {}) end):find("invalid key to 'next'", 1, true))
assert(message(table.foreach, { 1, 2 }, function() debug.setlocal(2, 2, 7) end):find("attempt to call a number value", 1, true))
assert(message(table.foreachi, { 1, 2 }, function() debug.setlocal(2, 1, "x") end):find("table expected, got string", 1, true))
assert(string.gsub("a b c", "%a", function(c) debug.setlocal(2, 1, 5) debug.setlocal(2, 2, {}) debug.setlocal(2, 4, 0) return c .. c end, 9) == "aa bb cc")
assert(message(string.gsub, "a b", "%a", function(c) debug.setlocal(2, 3, true) end):find("attempt to call a boolean value", 1, true))

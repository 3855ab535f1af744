-- What builtins keep in their frames and upvalues, a file's metatable on what is no file (a crash of the reference), hooks
-- that fail: what the debug library lets a script do must do no harm. Whether a call then fails or not is of no interest.

local values = { 1e300, -5, 0/0, "s", {}, print, io.stdout, newproxy(true), coroutine.create(function() end), true }
-- A file's metatable and methods on everything.
local meta = getmetatable(io.stdout)
for _, v in ipairs(values) do
  for _, method in pairs(meta.__index) do if v ~= io.stdout then pcall(method, v) pcall(method, v, 1, 2) end end
  if v ~= io.stdout then pcall(meta.__gc, v) end
  pcall(meta.__tostring, v)
end
local file = io.tmpfile()
for _, u in ipairs { newproxy(), newproxy(true) } do
  debug.setmetatable(u, meta)
  pcall(tostring, u)
  for _, method in ipairs { "read", "write", "close", "seek", "lines", "setvbuf", "flush" } do pcall(meta.__index[method], u) end
  pcall(io.close, u) pcall(io.input, u) pcall(io.output, u) pcall(io.type, u)
end
collectgarbage()
assert(file:write("still a file") and file:seek("set") == 0 and file:read("*a") == "still a file" and file:close())

-- Any value in any local of any C function that waits for a callback. (A call through pcall is one level further down.)
local function disturb()
  for level = 2, 6 do
    local info = debug.getinfo(level, "S")
    if info and info.what == "C" then
      for slot = 1, 10 do
        for _, v in ipairs(values) do
          pcall(debug.getlocal, level + 1, slot)
          pcall(debug.setlocal, level + 1, slot, v)
        end
      end
    end
  end
end
local hostile = setmetatable({}, { __tostring = function() disturb() return "x" end, __index = function(t, k) disturb() return k end,
  __call = function() disturb() return 1 end, __lt = function() disturb() return true end, __concat = function() disturb() return "c" end })
local calls = {
  function() return pcall(disturb) end,
  function() return xpcall(disturb, disturb) end,
  function() return table.sort({ 5, 2, 3, 1, 4 }, function(a, b) disturb() return a < b end) end,
  function() return table.sort({ hostile, hostile, hostile }) end,
  function() return (("abcd"):gsub(".", function() disturb() return "x" end)) end,
  function() return (("abcd"):gsub(".", hostile)) end,
  function() return tostring(hostile) end,
  function() return table.foreach({ 1, 2, x = 3 }, disturb) end,
  function() return table.foreachi({ 1, 2 }, disturb) end,
  function() return load(disturb) end,
  function() return coroutine.wrap(function() disturb() end)() end,
  function() return coroutine.resume(coroutine.create(function() disturb() end)) end,
  function() package.preload.disturbing = disturb return require("disturbing") end,
  function() return print(hostile) end,
}
for i = 1, #calls do coroutine.resume(coroutine.create(calls[i])) end
assert(#calls == 14 and #values == 10)

-- Upvalues of iterators and wrapped coroutines.
for i = 1, #values do
  for n = 1, 4 do
    local step = ("a b c"):gmatch("%a")
    pcall(debug.setupvalue, step, n, values[i]) pcall(step)
    local wrapped = coroutine.wrap(function() coroutine.yield(1) end)
    pcall(debug.setupvalue, wrapped, n, values[i]) pcall(wrapped)
    local lines = io.lines("/dev/null")
    pcall(debug.setupvalue, lines, n, values[i]) pcall(lines)
  end
end

-- Hooks that fail, collect and look at everything, in the middle of anything.
local failed = 0
for _, mask in ipairs { "c", "r", "l", "crl" } do
  local co = coroutine.create(function()
    local t = {}
    for i = 1, 20 do t[i] = tostring(i) .. ("x"):rep(i) end
    table.sort(t, function(a, b) return a < b end)
    return (table.concat(t):gsub("x", "y"))
  end)
  local n = 0
  debug.sethook(co, function()
    n = n + 1
    for i = 1, 8 do debug.getlocal(2, i) debug.getlocal(2, -i) end
    debug.getinfo(2, "nSlufL")
    if n % 10 == 0 then collectgarbage() end
    if n == 57 then failed = failed + 1 error("from the hook") end
  end, mask)
  local ok, message = coroutine.resume(co)
  assert(ok and n < 57 or not ok and tostring(message):find("from the hook"), message)
end
assert(failed == 4)

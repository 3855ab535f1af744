-- Errors in error handlers (CVE-2021-44647, CVE-2022-33099, LuaJIT #1152), at every depth of the stack; and messages that
-- are long, or hold long names (CVE-2021-44964).

local function deep(n, f) if n == 0 then return f() end return (deep(n - 1, f)) end
local handlers = {
  function(m) error(m, 0) end, function(m) return m .. nil end, function() local t = nil return t.x end, error, 12,
  function() return deep(300, function() error("again") end) end, function() local function f() return f() + 1 end return f() end,
  function(m) return debug.traceback(m) end, function(m) collectgarbage() return { m } end, coroutine.yield,
  function() return xpcall(error, error) end,
}
for n = 0, 150, 30 do
  for i = 1, #handlers do
    local ok = xpcall(function() return deep(n, function() error("first") end) end, handlers[i])
    assert(ok == false)
  end
end
-- Overflow of the stack, and handlers that overflow it once more.
local function overflow() return overflow() + 1 end
assert(not xpcall(overflow, function() return overflow() end))
local ok, message = xpcall(overflow, debug.traceback)
assert(not ok and tostring(message):find("stack overflow", 1, true))
for _ = 1, 20 do assert(not pcall(overflow)) end
local co = coroutine.create(overflow)
ok, message = coroutine.resume(co)
assert(not ok and message:find("stack overflow", 1, true) and debug.traceback(co):find("\n\t...", 1, true))
assert(pcall(deep, 1000, function() return true end))
-- Messages of every length, with names of every length.
local kinds = {
  { "local t = nil return t.%s", "attempt to index local 't'" }, { "return %s.x", "attempt to index global 'vvv" },
  { "return %s()", "attempt to call global 'vvv" }, { "local %s; return %s + 1", "attempt to perform arithmetic on local 'vvv" },
  { "return #%s", "attempt to get length of global 'vvv" }, { "return '%s' + {}", "attempt to perform arithmetic on a " },
  { "return {} .. '%s'", "attempt to concatenate a table value" }, { "error('%s')", "vvv" },
}
for _, n in ipairs { 3, 50, 60, 80, 1000, 3e5 } do
  local name = ("v"):rep(n)
  for i = 1, #kinds do
    local f = assert(loadstring((kinds[i][1]:gsub("%%s", name)), "@" .. name))
    ok, message = pcall(f)
    assert(not ok and message:find(kinds[i][2], 1, true), kinds[i][1])
  end
  local f
  f, message = loadstring(name .. " " .. name, name)
  assert(not f and message:find("'=' expected near 'vvv", 1, true), message:sub(1, 200))
end

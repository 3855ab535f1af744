-- CVE-2021-43519 and its like: coroutines, pcalls, metamethods and callbacks inside each other until something gives.
-- It must be an error that a script can catch, on any machine stack.
-- limit-stack: 64

local function runs_out(what, f)
  local ok, message = pcall(f)
  assert(not ok and (tostring(message):find("overflow") or tostring(message):find("not enough memory") or tostring(message):find("error in error")), what .. ": " .. tostring(message):sub(1, 200))
  collectgarbage()
end

runs_out("wrap", function() local function f() return coroutine.wrap(f)() end return f() end)
runs_out("resume", function() local function f() local ok, m = coroutine.resume(coroutine.create(f)) error(m, 0) end return f() end)
runs_out("pcall", function() local function f() local ok, m = pcall(f) error(m, 0) end return f() end)
runs_out("xpcall", function() local function f() local ok, m = xpcall(f, function(m) return m end) error(m, 0) end return f() end)
runs_out("gsub", function() local function f() return (("x"):gsub("x", f)) end return f() end)
runs_out("sort", function() local function f() table.sort({ 1, 2, 3 }, f) return true end return f() end)
runs_out("foreach", function() local function f() return table.foreach({ 1 }, f) end return f() end)
runs_out("tostring", function() local t t = setmetatable({}, { __tostring = function(t) return tostring(t) end }) return tostring(t) end)
runs_out("index", function() local t t = setmetatable({}, { __index = function(t, k) return t[k] end }) return t.x end)
runs_out("newindex", function() local t t = setmetatable({}, { __newindex = function(t, k, v) t[k] = v + 1 end }) t.x = 1 end)
runs_out("concat", function() local t t = setmetatable({}, { __concat = function(a, b) return a .. b end }) return t .. t end)
runs_out("add", function() local t t = setmetatable({}, { __add = function(a, b) return a + b end }) return t + t end)
runs_out("eq", function() local mt = {} mt.__eq = function(a, b) return a == b end return setmetatable({}, mt) == setmetatable({}, mt) end)
runs_out("lt", function() local mt = {} mt.__lt = function(a, b) return a < b end return setmetatable({}, mt) < setmetatable({}, mt) end)
runs_out("call", function() local t t = setmetatable({}, { __call = function(self) return 1 + self() end }) return t() end)
runs_out("iterator", function() local function f() for _ in f do end end return f() end)
runs_out("load", function() local function f() return assert(load(f))() end return f() end)
runs_out("dofile", function()
  local name = os.tmpname()
  local file = io.open(name, "w") file:write("local name = NAME return 1 + dofile(name)") file:close()
  NAME = name
  local ok, message = pcall(dofile, name)
  os.remove(name)
  error(message, 0)
end)
runs_out("require", function()
  local n = 0
  package.preload = setmetatable({}, { __index = function(_, name) return function() n = n + 1 return require("m" .. n) end end })
  package.loaders = { function(name) return function() n = n + 1 return require("m" .. n) end end }
  return require("m")
end)
runs_out("setmetatable of __call = pcall", function() local t = setmetatable({}, { __call = function(t, ...) return pcall(t, ...) and error("stack overflow") end }) return t() end)
assert(pcall(setmetatable({}, { __call = pcall })) ~= nil)
-- Loops of __index and __newindex.
local a, b = {}, {}
setmetatable(a, { __index = b, __newindex = b }) setmetatable(b, { __index = a, __newindex = a })
assert(select(2, pcall(function() return a.x end)):find("loop in gettable", 1, true))
assert(select(2, pcall(function() a.x = 1 end)):find("loop in settable", 1, true))
-- The parser.
for _, text in ipairs { "return " .. ("("):rep(1e5), "return " .. ("{"):rep(1e5), ("do "):rep(1e5), ("function f() "):rep(1e5), "return " .. ("- "):rep(1e5) .. "1",
  "return " .. ("not "):rep(1e5) .. "1", "return " .. ("a.."):rep(1e5) .. "a", "return " .. ("2^"):rep(1e5) .. "2", ("if x then "):rep(1e5), "x" .. (".y"):rep(1e5) .. " = = 1",
  "f" .. ("{"):rep(1e5), ("a,"):rep(1e5) .. "a = 1", "local " .. ("a,"):rep(1e5) .. "a" } do
  local f, message = loadstring(text)
  assert(not f and #message < 400)
end

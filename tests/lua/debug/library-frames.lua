-- What debug.getlocal shows of the library's functions while they wait for what they call: the values on the reference's stack,
-- in their places, and no more.

local names = setmetatable({}, { __mode = "k" })
for k, v in pairs(_G) do
  names[v] = k
  if type(v) == "table" then
    for n, f in pairs(v) do names[f] = k .. "." .. n end
  end
end
names[package.loaded], names[package.loaders], names[_G] = "LOADED", "LOADERS", "_G"

local plain = tostring
local function shown(v)
  local t = type(v)
  if t == "string" then return #v > 40 and ("string of %d"):format(#v) or ("%q"):format(v) end
  return t ~= "number" and t ~= "boolean" and t ~= "nil" and (names[v] or t) or plain(v)
end

local function write(...)
  for i = 1, select("#", ...) do io.write(i > 1 and "  " or "", (select(i, ...))) end
  io.write("\n")
end

-- The values of each C function below level 2, of one thread.
local function levels(what, ...)
  for level = 2, 30 do
    local info = debug.getinfo(level, "Sf")
    if not info or info.what == "main" then break end
    if info.what ~= "Lua" then
      local values = {}
      for i = 1, 250 do
        local name, v = debug.getlocal(level, i)
        if not name then break end
        values[i] = (name == "(*temporary)" and "" or name .. "=") .. shown(v)
      end
      write(what, info.what .. " " .. (names[info.func] or "?"), table.concat(values, ", "))
    end
  end
  return ...
end
local function callback(what, ...)
  local results, n = { ... }, select("#", ...)
  return function() levels(what) return unpack(results, 1, n) end
end
local function run(what, f, ...)
  local results = { pcall(f, ...) }
  for i = 1, table.maxn(results) do results[i] = plain(results[i]):gsub("0x%x+", "ADDRESS") end
  write("==", what, unpack(results, 1, table.maxn(results)))
end

-- == Protected calls, and handlers ===========================================================

run("pcall", pcall, callback("in pcall", 1), 1, nil)
run("pcall alone", pcall, callback("in pcall"))
run("xpcall", xpcall, callback("in xpcall", 1), callback("handler"), "extra")
for i, f in ipairs {
  function() error("text") end, function() error({}) end, function() error("text", 0) end, function() error("text", 2) end,
  function() error() end, function() local x = nil x() end, function() string.rep() end, function() string.rep(5, {}) end,
  function() assert(false, "text", 3) end, function() assert(nil) end, function() setmetatable(1, 2) end,
  function() table.sort({ 3, 1, 2, {}, 5 }) end, function() table.sort({ 3, 1, 2, 5, 4, 7, 6 }, function() return true end) end,
  function() string.gsub("a b", "%a", function() return {} end) end, function() string.gsub("a b", "%a", function() return true end, 1, "extra") end,
  function() string.gsub("abc", "(", callback("never")) end, function() string.gsub("abc", "(a)()(", callback("never"), nil, "extra") end,
  function() string.gsub("abc", "[", callback("never")) end, function() ("a"):rep(10):gsub("a", function() count = (count or 0) + 1 return count < 10 and "b" or {} end, 20, "extra") end, function() table.concat({ 1, {}, 3 }) end, function() unpack({}, 1, 1e8) end,
  function() table.foreach({ 1 }, error) end, function() string.format("%d", "x") end, function() ("x"):bad() end, function() next({}, 1) end,
} do
  run("error " .. i, xpcall, f, callback("handler " .. i, "handled"))
end

-- == Sorting =================================================================================

for _, n in ipairs { 2, 3, 4, 6, 9, 20 } do
  local list, count = {}, 0
  names[list] = "list"
  for i = 1, n do list[i] = plain(i * 7 % 23) end
  run("sort " .. n, table.sort, list, function(a, b)
    count = count + 1
    levels(("comparison %d: %s %s"):format(count, a, b))
    return #a < #b or #a == #b and a < b
  end, "extra")
  write(table.concat(list, " "))
end
do
  local mt, list = {}, {}
  names[list] = "list"
  mt.__lt = function(a, b) return levels("__lt", a[1] < b[1]) end
  for i = 1, 6 do
    list[i] = setmetatable({ i * 7 % 10 }, mt)
    names[list[i]] = "element " .. i
  end
  run("sort by __lt", table.sort, list)
end
-- What is put there is compared and written back.
do
  local list, count, order = { 5, 3, 8, 1, 9, 2, 7 }, 0, {}
  pcall(table.sort, list, function(a, b)
    count = count + 1
    order[count] = a .. "<" .. b
    if count == 5 then debug.setlocal(2, 3, 4) elseif count == 7 then debug.setlocal(2, 4, 6) end
    return a < b
  end)
  write(table.concat(order, " "), table.concat(list, " "))
  count, list = 0, { 5, 3, 8, 1, 9, 2, 7 }
  pcall(table.sort, list, function(a, b)
    count = count + 1
    if count == 3 then debug.setlocal(2, 2, function(x, y) return x > y end) end
    return a < b
  end)
  write(table.concat(list, " "))
end

-- == foreach, gsub ===========================================================================

for _, walk in ipairs { "foreach", "foreachi" } do
  run(walk, table[walk], { 10, 20 }, function(k) levels(walk .. " " .. k) end)
  run(walk .. " and more", table[walk], { 10, 20 }, function(k) return levels(walk .. " " .. k, k == 2 and "end" or nil) end, "extra", nil)
end
run("gsub", string.gsub, "hello world", "o", callback("gsub", "0"))
run("gsub, limit", string.gsub, "hello world", "(l)(o?)", callback("gsub"), 2, "extra", nil, "more")
run("gsub, nil", string.gsub, "hello", "()", callback("gsub", 7), nil)
run("gsub, numbers", string.gsub, 1231, 1, callback("gsub", "x"), "1")
run("gsub, many", string.gsub, ("a"):rep(20), "a", callback("gsub", "xyz"), 15, "extra")
run("gsub, none", string.gsub, "hello", "x", callback("gsub"))
run("gsub, captures", string.gsub, "abc", ("()"):rep(32), callback("gsub"))
local function indexed(...) return setmetatable({}, { __index = function(_, k) return levels("index " .. k, "[" .. k .. "]") end }) end
run("gsub, table", string.gsub, "hello world", "o", indexed())
run("gsub, table, limit", string.gsub, "hello world", "(o)( ?)", indexed(), 2, "extra")
run("gsub, table of tables", string.gsub, "hello", "()", setmetatable({}, { __index = indexed() }), 3)
run("gsub, another function", string.gsub, "a b c", "%a", function(c)
  debug.setlocal(2, 3, callback("the other", "other"))
  return levels("the first", c .. "!")
end)
run("gsub, another subject", string.gsub, "a b c", "%a", function(c)
  if c == "b" then debug.setlocal(2, 1, "no more") debug.setlocal(2, 2, ".") end
  return levels("gsub " .. c, c .. "!")
end)

-- == tostring, print =========================================================================

local object = setmetatable({}, { __tostring = function() return levels("__tostring", "an object") end })
names[object] = "object"
run("tostring", tostring, object, "extra")
run("print", print, 1, object, "z")
tostring = function(v) return levels("the global tostring", plain(v)) end
names[tostring] = "the global tostring"
run("print by another", print, 1, "a")
tostring = plain

-- == Metamethods =============================================================================

local mt = {}
for _, event in ipairs { "add", "concat", "eq", "lt", "le", "index", "newindex", "call", "unm" } do
  mt["__" .. event] = function() return levels("__" .. event, 1) end
end
local a, b = setmetatable({}, mt), setmetatable({}, mt)
names[a], names[b] = "a", "b"
run("metamethods", function() local x = a + b, a .. b, a == b, a < b, a <= b, a.x, a(1, 2), -a a.y = 1 end)
run("of C functions", function() return setmetatable({}, { __index = rawget }).x, pcall(setmetatable({}, { __index = pcall })) end)

-- == Loading =================================================================================

for _, name in ipairs { "=name", false } do
  local at = 0
  run("load", load, function()
    at = at + 1
    if at == 1 then return levels("reader", "return 1") end -- (later the reference shows what its parser keeps, and crashes)
  end, name or nil)
end
local file = os.tmpname()
do
  local f = io.open(file, "w")
  f:write("return LEVELS('chunk', ...)")
  f:close()
end
LEVELS, names[file] = levels, "FILE"
package.path = file
package.preload.first = callback("preload")
package.preload.second = callback("preload", 2)
names[package.preload.first], names[package.preload.second] = "first", "second"
run("require", require, "first", "extra")
run("require a file", require, "third")
table.insert(package.loaders, 1, function() return levels("loader 1", "\n\tnot by the first") end)
table.insert(package.loaders, 2, function() return levels("loader 2", nil) end)
run("require later", require, "second")
package.path = ""
run("require nothing", function() if not pcall(require, "nothing.at.all") then return "not found" end end)
run("module", function() module("library_frames", function() setfenv(1, debug.getregistry()._LOADED._G) levels("option") end, package.seeall, callback("option 2")) end)
setfenv(1, package.loaded._G)

-- == Coroutines ==============================================================================

local function thread_levels(what, co)
  for level = 0, 10 do
    local info = debug.getinfo(co, level, "Sf")
    if not info then break end
    local values = {}
    for i = 1, 250 do
      local name, v = debug.getlocal(co, level, i)
      if not name then break end
      values[i] = name .. "=" .. (info.what == "C" and shown(v) or "?")
    end
    if info.what == "C" then write(what, level .. " " .. (names[info.func] or "?"), table.concat(values, ", ")) end
  end
end
local outer
outer = coroutine.create(function()
  local inner = coroutine.create(function() thread_levels("who resumes", outer) levels("inside") coroutine.yield("first", nil) end)
  names[inner] = "inner"
  coroutine.resume(inner, 1, 2)
  thread_levels("suspended", inner)
  coroutine.resume(inner, 3)
  thread_levels("ended", inner)
  coroutine.wrap(function() thread_levels("who wraps", outer) end)(1, 2)
  local failed = coroutine.create(function() string.rep({}) end)
  coroutine.resume(failed)
  thread_levels("failed", failed)
end)
names[outer] = "outer"
run("resume", coroutine.resume, outer, "start")
run("wrap", coroutine.wrap(callback("wrapped")), 1, 2)

-- == Finalizers, hooks =======================================================================

do
  local u = newproxy(true)
  getmetatable(u).__gc = callback("__gc")
end
run("collectgarbage", collectgarbage, "collect", 0, "extra")
for _, mask in ipairs { "c", "r" } do
  run("hook " .. mask, function()
    debug.sethook(function(event) levels("hook " .. event) end, mask)
    string.rep("x", 3)
    string.gsub("a", "a", "b", 7)
    debug.sethook()
  end)
end

-- == What is there when a function returns, or fails =========================================

for _, c in ipairs {
  { "next", { 1 }, nil, 3 }, { "next", {}, nil, 3 }, { "next", {}, 5, 3 }, { "rawget", { 7 }, 1, 2 }, { "rawset", {}, 1, 2, 3 }, { "setmetatable", {}, {}, 3 }, { "select", 2, "a", "b" },
  { "tonumber", "10", 16, 3 }, { "type", 1, 2 }, { "unpack", { 1, 2, 3 }, 2, 3, 9 }, { "assert", 1, 2 }, { "pairs", {}, 4 }, { "ipairs", {}, 5 }, { "loadstring", "return 1", "=n", 3 },
  { "string.find", "abc", "(b)", 1, false }, { "string.byte", "abc", 1, 2, 3 }, { "string.format", "%s %d", "x", "5", 9 }, { "string.gmatch", "a", "b", 3 }, { "string.gsub", "abc", "b", "x", 5, 6 },
  { "string.dump", function() end, 1 }, { "string.dump", print, 1 }, { "string.rep", "x", 3, 4 }, { "string.sub", "abc", "2", 3 }, { "table.concat", { 1, 2 }, ",", 1, 2, 9 },
  { "table.foreach", {}, print, 5 }, { "table.foreachi", {}, print, 5 }, { "table.insert", { 1 }, 5 }, { "table.insert", { 1 }, 1, 5 }, { "table.remove", { 1, 2, 3 }, 1, 7 },
  { "table.sort", { 3, 1, 2 }, nil, 5 }, { "math.max", 1, "5", 3 }, { "debug.setmetatable", {}, {}, 1 }, { "debug.setfenv", function() end, {}, 3 }, { "debug.setlocal", 1, 99, 5, 6 },
  { "coroutine.create", print, 2 }, { "coroutine.wrap", 1 }, { "coroutine.wrap", function() end, 1 }, { "coroutine.status", coroutine.create(function() end), 1 },
} do
  local library, name = c[1]:match("(%a+)%.(.*)")
  local f = (library and _G[library] or _G)[name or c[1]]
  local list, n = {}, table.maxn(c)
  local function look(level, how)
    local values = {}
    for i = 1, 60 do
      local k, v = debug.getlocal(level + 1, i)
      if not k then break end
      values[i] = shown(v)
    end
    list[#list + 1] = how .. " (" .. table.concat(values, ", ") .. ")"
  end
  debug.sethook(function(event)
    local info = debug.getinfo(2, "f")
    if info and info.func == f then look(2, event) end
  end, "cr")
  xpcall(function() return (f(unpack(c, 2, n))) end, function() debug.sethook() look(2, "fails") end)
  debug.sethook()
  write(c[1], unpack(list))
end

-- == Inside each other =======================================================================

run("nested", string.gsub, "x", "x", function()
  return table.foreach({ 1 }, function()
    table.sort({ 1, 2 }, function(x, y) pcall(callback("nested")) return x < y end)
  end)
end)
run("C functions as callbacks", function() return string.gsub("abc", "b", string.upper), table.foreach({ 5 }, rawequal) end)
os.remove(file)

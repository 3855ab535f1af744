-- CVE-2022-0543 and CVE-2018-1999023: from an environment without them, nothing that a script can reach leads to `io`,
-- `os`, `package`, the registry or a loader. (The sandbox that hosts get by one call: capi-tests/sandbox.c.)

local allowed = {}
for name in ("assert error ipairs next pairs pcall rawequal rawget rawset select setmetatable getmetatable tonumber tostring type unpack xpcall"):gmatch("%a+") do allowed[name] = _G[name] end
for lib, names in pairs { string = "byte char find format gmatch gsub len lower match rep reverse sub upper", table = "concat insert maxn remove sort", math = "abs floor huge max min random sqrt",
  coroutine = "create resume running status wrap yield", os = "clock date difftime time" } do
  allowed[lib] = {}
  for name in names:gmatch("%a+") do allowed[lib][name] = assert(_G[lib][name]) end
end
allowed._G = allowed
local forbidden = { [_G] = "_G", [debug.getregistry()] = "registry" }
for _, lib in ipairs { "package", "io", "debug", "os" } do
  forbidden[_G[lib]] = lib
  for name, v in pairs(_G[lib]) do if type(v) == "function" or type(v) == "userdata" then forbidden[v] = lib .. "." .. name end end
end
for _, name in ipairs { "load", "loadstring", "loadfile", "dofile", "require", "module", "getfenv", "setfenv", "newproxy", "collectgarbage", "print" } do forbidden[_G[name]] = name end
for name in pairs(allowed.os) do forbidden[os[name]] = nil end

local script = [[
  local forbidden, known = ...
  local seen, queue = {}, { _G, "", 1, true, ipairs, coroutine.create(function() end), (function(...) return arg end)() }
  local function add(v) if v ~= nil and v ~= forbidden and v ~= known and not seen[v] then seen[v] = true queue[#queue + 1] = v end end
  queue[#queue + 1] = coroutine.wrap(function() end)
  add(coroutine.running())
  local n = 1
  while n <= #queue do
    local v = queue[n]
    n = n + 1
    if forbidden[v] then error("reached " .. forbidden[v]) end
    add(getmetatable(v))
    if type(v) == "table" then for k, w in next, v do add(k) add(w) end end
    if known[v] then for _, r in ipairs { pcall(v, unpack(known[v])) } do add(r) end end
  end
  return n
]]
-- What functions that return functions, or values of others, return.
local known = { [pairs] = { {} }, [ipairs] = { {} }, [string.gmatch] = { "a", "a" }, [pcall] = { error }, [xpcall] = { error, tostring }, [next] = { {} }, [coroutine.running] = {},
  [getmetatable] = { "" }, [coroutine.wrap] = { function() end }, [select] = { -1, 1 }, [error] = {}, [setmetatable] = { {} }, [table.maxn] = { {} } }
local f = setfenv(assert(loadstring(script, "=sandbox")), allowed)
local n = f(forbidden, known)
assert(n > 60, n)
-- The search finds what is there.
allowed.leak = { function() end, setmetatable({}, { __index = io }) }
local ok, message = pcall(f, forbidden, known)
assert(not ok and message:find("reached io", 1, true), message)
allowed.leak = nil
-- Functions that a script makes there have its environment, whatever makes them.
allowed.coroutine.wrap = coroutine.wrap
setfenv(assert(loadstring("function made() return io, os.execute, package end made2 = coroutine.wrap(function() return io end)")), allowed)()
local a, b, c = allowed.made()
assert(a == nil and b == nil and c == nil and allowed.made2() == nil and io ~= nil)

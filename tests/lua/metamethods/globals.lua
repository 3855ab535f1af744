-- Globals that an environment lacks: `__index` and `__newindex` of its metatable, functions, tables and chains of them, in environments
-- of a few names and of many; and in which order `pairs` gives them, for a global gets its place before `__newindex` is looked at.
-- The collector stands still: where a key whose value is nil lies is forgotten when it comes by.

collectgarbage("stop")

local log = {}
local function note(t, k, v) log[#log + 1] = k .. ">" .. (type(v) == "function" and "function" or tostring(v)) end
local function say(t, k) log[#log + 1] = "?" .. k return k .. "!" end
local function order(t)
  local out = {}
  for k, v in next, t do out[#out + 1] = tostring(k) .. "=" .. (type(v) == "table" and "table" or type(v) == "function" and "function" or tostring(v)) end
  return table.concat(out, " ")
end

local chunk = [[
  a = 1 b = 2 c = 3 a = 4
  local r = { a or "nil", b or "nil", c or "nil", d or "nil" }
  for i = 1, 70 do x = i y = x z = y end
  function g() return a end
  a = nil b = nil
  for i = 1, 3 do a = i q1 = i q2 = i q3 = i q4 = i q5 = i end
  r[#r + 1] = tostring(x) r[#r + 1] = tostring(y) r[#r + 1] = tostring(absent) r[#r + 1] = tostring(a)
  return r
]]

local others
local function other(t) others[#others + 1] = t return t end
local metatables = {
  function() return nil end,
  function() return {} end,
  function() return { __index = say } end,
  function() return { __newindex = note } end,
  function() return { __index = say, __newindex = note } end,
  function() return { __index = say, __newindex = rawset } end,
  function() return { __index = _G, __newindex = function(t, k, v) note(t, k, v) rawset(t, k, v) end } end,
  function() local t = other {} return { __index = t, __newindex = t } end,
  function() local t = other { a = 1, x = 2, y = 3, more = 4 } return { __index = t, __newindex = t } end,
  function() local t = other(setmetatable({}, { __index = say, __newindex = note })) return { __index = t, __newindex = t } end,
  function() local t = other(setmetatable({}, { __index = other { d = "far" } })) return { __index = t, __newindex = t } end,
  function() local m = { __index = say, __newindex = note } m.__index, m.__newindex = nil return m end,
  function() return { __index = function(...) return select("#", ...), "lost" end, __newindex = function(...) note(...) return 1, 2 end } end,
  function() return { __index = rawget, __newindex = type } end,
}
local beginnings = {
  function() return { tostring = tostring } end,
  function() return { tostring = tostring, a = 0, x = 0, z = 0 } end,
  function()
    local t = { tostring = tostring }
    for i = 1, 40 do t["name" .. i] = i end
    for i = 1, 40, 2 do t["name" .. i] = nil end
    return t
  end,
}
for m, meta in ipairs(metatables) do
  for b, begin in ipairs(beginnings) do
    local f = loadstring(chunk, "=chunk") -- its instructions meet both of the environments
    for round = 1, 2 do
      log, others = {}, {}
      local env = setmetatable(begin(), meta())
      setfenv(f, env)
      local ok, r = pcall(f)
      print(m, b, round, ok, ok and table.concat(r, " ") or r, #log, table.concat(log, " "):sub(1, 300))
      print(order(env))
      for i = 1, #others do print(order(others[i])) end
      ok, r = pcall(f)
      print(ok, ok and table.concat(r, " ") or r, #log, order(env))
    end
  end
end

-- What strict.lua does, with the standard table.
do
  local declared = {}
  local mt = {}
  setmetatable(_G, mt)
  mt.__newindex = function(t, n, v)
    local where = debug.getinfo(2, "S").what
    if not declared[n] then
      if where ~= "main" and where ~= "C" then error("assign to undeclared variable '" .. n .. "'", 2) end
      declared[n] = true
    end
    rawset(t, n, v)
  end
  mt.__index = function(t, n)
    if not declared[n] then error("variable '" .. n .. "' is not declared", 2) end
    return rawget(t, n)
  end
  first, second = 1
  print(first, second)
  for i = 1, 80 do second = i end
  print(second)
  print(pcall(function() third = 1 end))
  print(pcall(function() return third end))
  print(pcall(function() return first, second end))
  first = nil
  print(pcall(function() first = 2 return first end))
  print(pcall(loadstring("fourth = 4 return fourth", "=fourth")))
  for i = 1, 80 do local ok, message = pcall(function() fifth = i end) if i % 40 == 0 then print(ok, message) end end
  setmetatable(_G, nil)
end

-- Names in messages and of the functions that are called; errors; what is no function.
do
  local env = {}
  local f = setfenv(function(set) if set then name = 1 else return name end end, env)
  local function traced(...) local i = debug.getinfo(1, "n") local j = debug.getinfo(2, "nl") print(i.name, i.namewhat, j.name, j.currentline) return ... end
  setmetatable(env, { __index = traced, __newindex = traced })
  f(true) print(f() == env)
  for _, what in ipairs { 12, "text", true } do
    setmetatable(env, { __index = what, __newindex = what })
    print(pcall(f, true)) print(pcall(f))
  end
  setmetatable(env, { __index = function(t, k) error("no " .. k, 2) end, __newindex = function(t, k) error("not " .. k, 2) end })
  print(pcall(f, true)) print(pcall(f))
  setmetatable(env, { __index = function(t, k) return nil + k end, __newindex = function(t, k) return {} .. k end })
  print(pcall(f, true)) print(pcall(f))
  local loop = {}
  setmetatable(loop, { __index = loop, __newindex = loop })
  setmetatable(env, { __index = loop, __newindex = loop })
  print(pcall(f, true)) print(pcall(f))
end

-- The metatable and what it says change between two accesses by one instruction.
do
  local env, behind = {}, {}
  local meta = {}
  setmetatable(env, meta)
  local set = setfenv(function(v) v1 = v v2 = v end, env)
  local get = setfenv(function() return v1, v2, v3 end, env)
  log = {}
  for step = 1, 30 do
    set(step)
    print(step, get())
    if step % 2 == 0 then env.v1 = nil end
    if step == 3 then meta.__newindex = note elseif step == 6 then meta.__index = say elseif step == 9 then meta.__newindex = behind
    elseif step == 12 then meta.__index = behind elseif step == 15 then setmetatable(behind, { __newindex = note, __index = say })
    elseif step == 18 then behind.v1 = nil rawset(behind, "v3", "three") elseif step == 21 then meta.__newindex = nil
    elseif step == 24 then meta.__index = nil elseif step == 27 then setmetatable(env, nil) end
    env.v2 = nil
  end
  print(table.concat(log, " "))
end

-- Within a coroutine, and with a hook that counts lines.
do
  local env = setmetatable({}, { __index = say, __newindex = note })
  log = {}
  local f = setfenv(function() for i = 1, 3 do u = i local x = u end return u end, env)
  print(coroutine.wrap(function() return f() end)())
  local lines = 0
  debug.sethook(function() lines = lines + 1 end, "l")
  print(f())
  debug.sethook()
  print(lines, table.concat(log, " "))
end

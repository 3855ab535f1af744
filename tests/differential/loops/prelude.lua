-- What every program of loops.lua begins with, put on one line. Shows values so that nothing of them is lost, but no address.
do
  local format, concat, sort, print = string.format, table.concat, table.sort, print
  local type, tostring, select, next, rawget, getmetatable, collectgarbage = type, tostring, select, next, rawget, getmetatable, collectgarbage
  local traceback, getinfo, getlocal, setlocal, sethook, gethook =
    debug.traceback, debug.getinfo, debug.getlocal, debug.setlocal, debug.sethook, debug.gethook
  function show(v)
    local kind = type(v)
    if kind == "number" then return format("%.17g", v) end
    if kind == "string" then return #v > 250 and format("%d:%q..%q", #v, v:sub(1, 60), v:sub(-40)) or format("%q", v) end
    return (kind == "nil" or kind == "boolean") and tostring(v) or kind
  end
  function say(...)
    local list = {}
    for k = 1, select("#", ...) do list[k] = show((select(k, ...))) end
    print(concat(list, " "))
  end
  -- A table in an order that is not its own: where collections run must not show, nor in how often hooks come while it is sorted.
  -- Of long ones both ends, and a count.
  function dump(name, t, depth)
    if type(t) ~= "table" then return say(name, t) end
    local hook, mask, every = gethook()
    sethook()
    local keys, list = {}, {}
    for k in next, t do if type(k) == "number" or type(k) == "string" or type(k) == "boolean" then keys[#keys + 1] = k end end
    sort(keys, function(a, b)
      if type(a) ~= type(b) then return type(a) < type(b) end
      if type(a) == "boolean" then return a and not b end
      return a < b
    end)
    for k = 1, #keys do
      if k <= 40 or k > #keys - 15 then list[#list + 1] = show(keys[k]) .. "=" .. show(rawget(t, keys[k])) end
    end
    sethook(hook, mask, every)
    print(name .. " " .. #keys .. " #" .. #t .. (getmetatable(t) and " meta {" or " {") .. concat(list, ", ") .. "}")
    for k = 1, #keys do
      local inner = rawget(t, keys[k])
      if type(inner) == "table" and (depth or 0) < 2 and k <= 10 then dump(name .. "." .. show(keys[k]), inner, (depth or 0) + 1) end
    end
  end
  -- The locals of a frame. What lies behind the variables of a function that is not in a call is nobody's, nor is it in that of
  -- a metamethod (whose frame has no name).
  local function locals(level, temporaries)
    local info, list = getinfo(level + 1, "Sl"), {}
    if not info or info.what == "C" then return end
    for k = 1, 250 do
      local name, value = getlocal(level + 1, k)
      if not name or name == "(*temporary)" and not temporaries then break end
      list[#list + 1] = name .. "=" .. show(value)
    end
    print(info.currentline .. ": " .. concat(list, " "))
  end
  function caught(m)
    say("caught", m)
    print(traceback("", 2))
    for level = 2, 5 do locals(level, level > 2 and getinfo(level - 1, "n").namewhat ~= "") end
    return m
  end
  function peek(...) locals(2, true) return ... end
  function poke(name, value)
    local last
    for k = 1, 250 do
      local found = getlocal(2, k)
      if not found then break end
      if found == name then last = k end
    end
    if last then setlocal(2, last, value) end
    return last
  end
  local events, lines = 0, 0
  local function event(_, line) events = events + 1 if line then lines = lines + line end end
  function hooked(mask, count) sethook(event, mask, count) end
  -- The hook comes once, and changes a variable of whatever function runs.
  function hooked_poke(name, value, mask, count, left)
    sethook(function()
      left = left - 1
      if left > 0 then return end
      sethook()
      for k = 1, 250 do
        local found = getlocal(2, k)
        if not found then break end
        if found == name then setlocal(2, k, value) events = events + 1000 end
      end
    end, mask, count)
  end
  function unhooked() sethook() say("hook", events, lines) events, lines = 0, 0 end
  function fails(kind, v)
    if kind == 1 then return error("on purpose") elseif kind == 2 then return error({ v }) elseif kind == 3 then return v.x.y end
    return v + nil
  end
  -- No more collections than a program has time for.
  local collections = 30
  function collect(how)
    collections = collections - 1
    if collections >= 0 then say("collected", type(collectgarbage(how))) end
  end
  function deep(n) if n <= 0 then return 0 end return 1 + deep(n - 1) end
  function any(...) return ... end
  function pick(k, ...) return (select(k, ...)) end
  function count(...) return select("#", ...) end
  function sum(...) local n = 0 for k = 1, select("#", ...) do n = n + (select(k, ...)) end return n end
end

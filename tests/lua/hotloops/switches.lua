-- Switches between coroutines in hot loops and functions: each count of values passed and wanted, and whatever may come in between.

local yield, resume, wrap, create, status = coroutine.yield, coroutine.resume, coroutine.wrap, coroutine.create, coroutine.status
local concat, format = table.concat, string.format

local function show(...)
  local list = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    list[i] = type(v) == "number" and format("%.14g", v) or type(v) == "string" and v or tostring(v):gsub("0x%x+", "?")
  end
  return concat(list, " ")
end

-- So many values each way, so many wanted; what comes is hashed.
local hashes = {}
for given = 0, 4 do
  for wanted = 0, 4 do
    local names, values = {}, {}
    for i = 1, given do values[i] = "i * " .. i end
    for i = 1, wanted do names[i] = "v" .. i end
    local sum = #names > 0 and "(" .. concat(names, " or 0) + (") .. " or 0)" or "1"
    local gets = #names > 0 and "local " .. concat(names, ", ") .. " = " or ""
    local text = format([[
      local yield, resume, wrap = ...
      local h = 0
      local function body()
        for i = 1, 3000 do %s yield(%s) h = (h * 3 + %s) %% 65521 end
        return "end"
      end
      local co, f = coroutine.create(body), wrap(body)
      for i = 1, 2500 do local ok, %s = resume(co%s) h = (h * 5 + (ok and 1 or 0) + %s) %% 65521 end
      for i = 1, 2500 do %s f(%s) h = (h * 7 + %s) %% 65521 end
      return h]], gets, concat(values, ", "), sum, #names > 0 and concat(names, ", ") or "_", given > 0 and ", " .. concat(values, ", ") or "", sum, gets, concat(values, ", "), sum)
    hashes[#hashes + 1] = assert(loadstring(text))(yield, resume, wrap)
  end
end
print(concat(hashes, " "))

-- Open calls, tail calls, and calls in functions that are done in place.
do
  local function give(...) return yield(...) end
  local function twice(x) local a = yield(x) local b = yield(a or 0, x) return (a or 0) + (b or 0) end
  local function body(n)
    local s = 0
    for i = 1, n do
      s = (s + twice(i)) % 1009
      s = s + (give(s, i) or 0)
      s = s + #{ yield(i, i, i) }
    end
    return s, n
  end
  local co, h = create(body), 0
  local ok, a, b, c = resume(co, 1500)
  while status(co) == "suspended" do
    h = (h * 3 + (a or 0) + (b or 0) * 2 + (c or 0)) % 65521
    ok, a, b, c = resume(co, h % 7, 1)
  end
  print(ok, a, b, c, h, status(co))
end

-- Recursion that yields from depth, in functions that are compiled as a whole; the resuming side too.
do
  local function walk(t) if t then walk(t.l) yield(t.k) walk(t.r) end end
  local function build(lo, hi)
    if lo > hi then return nil end
    local m = math.floor((lo + hi) / 2)
    return { l = build(lo, m - 1), k = m, r = build(m + 1, hi) }
  end
  local tree = build(1, 500)
  local function sums(f, n) if n == 0 then return 0 end local k = f() return k and k + sums(f, n - 1) or 0 end
  local total = 0
  for i = 1, 20 do
    local f = wrap(function() walk(tree) end)
    total = total + sums(f, 100)
    for k in f do total = total + k end
    total = total + select("#", f and 1)
  end
  print(total)
end

-- One coroutine inside another, three deep; values in both directions.
do
  local function layer(f) return wrap(function(x) while true do x = yield(f(x) + 1) end end) end
  local one = wrap(function(x) while true do x = yield(x * 2 % 1000) end end)
  local three, x = layer(layer(one)), 1
  for i = 1, 4000 do x = (three(x) + i) % 997 end
  print(x)
end

-- Errors inside, dead coroutines, and what is no coroutine.
do
  local function body(n) for i = 1, n do if i % 1000 == 999 then error("at " .. i) end yield(i) end end
  local results, co = {}, create(body)
  for i = 1, 4000 do
    local ok, v = resume(co, 5000)
    if not ok then results[#results + 1] = v if status(co) == "dead" then local _, again = resume(co) results[#results + 1] = again co = create(body) end end
  end
  print(#results, results[1], results[2])
  local f = wrap(body)
  for i = 1, 3000 do local ok, v = pcall(f, 5000) if not ok then print(i, v) f = wrap(body) end end
  local t, n = { create(function() while true do yield(1) end end) }, 0
  for i = 1, 3000 do
    if i == 2500 then t[1] = 12 end
    local ok, m = pcall(function() local ok, v = resume(t[1]) return v end)
    if not ok then n = n + 1 if n == 1 then print(i, m) end end
  end
  print(n)
  print(pcall(function() for i = 1, 2000 do yield(i) end end))
  local own = create(function() for i = 1, 2000 do local ok, m = resume(coroutine.running()) if i % 500 == 0 then print(ok, m) end yield() end end)
  for i = 1, 2000 do resume(own) end
end

-- The functions are replaced in the middle.
do
  local calls, real = 0, resume
  local resume = resume
  local function switch(co, x) local ok, v = resume(co, x) return v end
  local co, h = create(function(x) while true do x = yield(x + 1) end end), 0
  for i = 1, 6000 do
    if i == 3000 then resume = function(...) calls = calls + 1 return real(...) end end
    if i == 4500 then resume = function(co, x) return true, x end end
    h = (h * 3 + switch(co, i)) % 65521
  end
  print(h, calls)
  local y, back = yield, 0
  local co = create(function() for i = 1, 6000 do local v = y(i) back = (back * 3 + (v or 1)) % 65521 end return "end" end)
  for i = 1, 5000 do if i == 2000 then y = function(...) return select("#", ...) end end local ok, v = real(co, i) if status(co) == "dead" then print(i, v) break end end
  print(back)
  local f, g = wrap(function() while true do yield("f") end end), create(function() while true do yield("g") end end)
  local log = {}
  for i = 1, 3000 do
    if i == 2000 then debug.setupvalue(f, 1, g) end
    local v = f()
    if i % 1000 == 0 or i == 1999 or i == 2001 then log[#log + 1] = v end
  end
  print(concat(log, " "))
end

-- Hooks: of the coroutine, of who resumes it, set by either in the middle.
for _, mask in ipairs { "c", "r", "l", "crl" } do
  local events, where = 0, {}
  local function hook(event, line) events = events + 1 if #where < 12 then where[#where + 1] = event .. (line and ":" or "") end end
  local co
  co = create(function(x)
    for i = 1, 3000 do
      x = yield(i)
      if x == 2500 then debug.sethook(hook, mask) end
      if x == 2510 then debug.sethook() end
    end
  end)
  for i = 1, 2900 do
    local ok, v = resume(co, i)
    if i == 2600 then debug.sethook(hook, mask) end
    if i == 2610 then debug.sethook() end
    if i == 2700 then debug.sethook(co, hook, mask) end
    if i == 2710 then debug.sethook(co) end
  end
  print(mask, events, concat(where, " "))
end
do
  local counts = 0
  local co = create(function(x) for i = 1, 3000 do x = yield(x) end end)
  for i = 1, 2600 do
    if i == 2500 then debug.sethook(co, function() counts = counts + 1 end, "", 3) end
    resume(co, i)
  end
  print(counts)
end

-- What the debug library sees and changes of both sides.
do
  local h, seen = 0, {}
  local co = create(function(x)
    local y = 1
    for i = 1, 4000 do x = yield(i + y) end
  end)
  for i = 1, 3000 do
    local ok, v = resume(co, i)
    h = (h * 3 + v) % 65521
    if i == 2000 then
      seen[1] = debug.traceback(co, "in"):gsub("\n.-([%w-]+%.lua)", "\n%1")
      seen[2] = show(debug.getlocal(co, 1, 1)) .. " " .. show(debug.getlocal(co, 1, 2))
      debug.setlocal(co, 1, 2, 1000)
      local info = debug.getinfo(co, 0, "nS")
      seen[3] = show(info and info.what)
    end
  end
  print(h)
  print(concat(seen, "\n"))
end

-- Collections while coroutines stand, and coroutines that are dropped suspended.
do
  local kept, h = {}, 0
  for i = 1, 3000 do
    local co = create(function(x) local t = { x } for k = 1, 5 do t[1] = t[1] + yield(t[1]) end end)
    local ok, v = resume(co, i)
    ok, v = resume(co, 1)
    h = (h + v) % 65521
    kept[i % 50] = co
    if i % 200 == 0 then collectgarbage() end
    if i % 7 == 0 then collectgarbage("step") end
    for k, other in pairs(kept) do if (k + i) % 16 == 0 and status(other) == "suspended" then resume(other, k) end end
  end
  print(h)
end

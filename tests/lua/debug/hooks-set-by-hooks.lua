-- A hook that sets another one at each instruction in turn: of its own thread, and of the coroutine that the instruction may be
-- about to resume. What the new one sees begins with that very instruction's call or return.

local function leaf(x) return x + 1 end

local function body(co)
  local t, sum = {}, 0
  for i = 1, 2 do
    sum = sum + leaf(i)
    t[#t + 1] = tostring(sum)
  end
  for _, v in ipairs(t) do sum = sum + #v end
  local _, got = coroutine.resume(co, sum)
  local _, more = coroutine.resume(co, 1)
  return leaf(sum), got, more
end

local function new()
  return coroutine.create(function(x)
    local y = coroutine.yield(leaf(x))
    return leaf(y)
  end)
end

-- The events that are seen from instruction `at` on, by a hook for `mask` in the thread that runs or in `other`.
local function events(at, mask, count, other)
  local seen, passed, co = {}, 0, new()
  local function recorder(event, line)
    seen[#seen + 1] = event:sub(1, 1) .. (line or "")
    if #seen == 12 then debug.sethook() end
  end
  local function first()
    passed = passed + 1
    if passed < at then return end
    if other then
      debug.sethook(co, recorder, mask, count)
      debug.sethook()
    else
      debug.sethook(recorder, mask, count)
    end
  end
  debug.sethook(first, "", 1)
  local a, b, c = body(co)
  debug.sethook()
  return table.concat(seen, " ") .. " = " .. a .. " " .. tostring(b) .. " " .. tostring(c)
end

for at = 1, 90 do
  for _, mask in ipairs { "c", "r", "cr", "l", "crl", "" } do
    print(at, mask, events(at, mask, mask == "" and 1 or 0))
    print(at, mask, "other", events(at, mask, mask == "" and 1 or 0, true))
  end
end

-- The same of a line hook that sets another one.
for at = 1, 12 do
  local seen, passed = {}, 0
  debug.sethook(function()
    passed = passed + 1
    if passed == at then
      debug.sethook(function(event, line) seen[#seen + 1] = event:sub(1, 1) .. (line or "") end, "cr", 0)
    end
  end, "l")
  body(new())
  debug.sethook()
  print(at, #seen, table.concat(seen, " ", 1, math.min(#seen, 15)))
end

-- Errors and growth: a hook that fails at each instruction in turn, and hooks above frames that leave no room.
for at = 1, 40 do
  local passed = 0
  local function fails()
    passed = passed + 1
    if passed == at then error("at " .. at, 0) end
  end
  for _, mask in ipairs { "", "l" } do
    passed = 0
    local ok, message = pcall(function()
      debug.sethook(fails, mask, 1)
      local result = body(new())
      passed = 1000
      debug.sethook()
      return result
    end)
    passed = 1000
    debug.sethook()
    print(at, mask, ok, message)
  end
end

local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
for _, mask in ipairs { "", "l" } do
  local calls = 0
  debug.sethook(function() calls = calls + select("#", unpack({}, 1, 100)) end, mask, 1)
  local depth = deep(1500)
  debug.sethook()
  print(mask, depth, calls)
end

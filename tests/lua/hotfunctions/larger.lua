-- Functions of more than some dozen instructions, with loops, closures, strings and tables in them, that hot loops and each other call.

local getinfo, getlocal = debug.getinfo, debug.getlocal
local plan, at -- what happens at the call number `at`
local calls, total = 0, 0
local words = { "alpha", "beta", "gamma", "delta" }

local function small(n) return n % 7 + 1 end
local function large(n, m, t)
  calls = calls + 1
  local a, b, c, d, e = n, m or 1, 0, n * 0.5, "s"
  for i = 1, 4 do a = (a + i * b) % 1009 c = c + a % 3 end
  if n % 2 == 0 then
    local k = 0
    while k < 3 do k = k + 1 d = d + k / 2 if d > 500 then d = d - 500 end end
    e = words[n % 4 + 1]
  elseif n % 3 == 0 then
    repeat c = c + small(c) until c > 20
    e = e .. n
  else
    for k, v in ipairs(t) do c = c + k * v end
  end
  if calls == at then plan(n) end
  t[n % 3 + 1] = c % 10
  t.last = n
  local f = n % 5 == 0 and function(x) a = a + x return a end
  if f then f(2) total = total + f(1) % 10 end
  local length = #e + #t
  if a > b then a, b = b, a end
  return a + b + c + length, d, e
end
local function larger(n, t)
  local sum, parts = 0, {}
  if n <= 0 then return large(5, n, t) end
  for i = 1, 2 do
    local x, y, z = large(n + i, sum % 50, t)
    sum = sum + x + (y > 100 and 1 or 0)
    parts[#parts + 1] = z
  end
  local deep, more = larger(n - 2, t)
  sum = (sum + deep + #table.concat(parts, ",")) % 100003
  if sum % 2 == 1 then return sum, more end
  return sum, n, parts
end
local function run(rounds)
  local s, t = 0, { 1, 2, 3 }
  for i = 1, rounds do
    local x, y, z = large(i, i % 9, t)
    s = (s + x + y + #z) % 1000003
    if i % 4 == 0 then s = s + larger(i % 7, t) end
  end
  return s, t[1], t[2], t[3], t.last, calls, total
end
print(run(1500))

-- Late in all that: what is seen of the frames, errors with their lines, hooks, other functions and values.
local function look()
  local list = {}
  for level = 3, 6 do
    local info = getinfo(level, "nSl")
    if not info then break end
    local row = { tostring(info.name), info.currentline, info.linedefined }
    for k = 1, info.what == "Lua" and 30 or 0 do
      local name, v = getlocal(level, k)
      if not name then break end
      if not name:find "^%(t" then row[#row + 1] = name .. "=" .. ((type(v) == "number" or type(v) == "string") and tostring(v) or type(v)) end
    end
    list[#list + 1] = table.concat(row, " ")
  end
  return table.concat(list, "\n")
end
local lines, events
local first = small
local plans = {
  function() print(look()) end,
  function(n) error("planned " .. n) end,
  function(n) error("planned", 2) end,
  function(n) error({ n }) end,
  function() return nil + 1 end,
  function() small = function(c) return c > 15 and 9 or 2 end end,
  function() small = math.exp end,
  function() small = function(c) return tostring(small and 3) end end,
  function() small = nil end,
  function() words[2] = 12.5 end,
  function() words[3] = nil end,
  function() words = setmetatable({}, { __index = function(_, k) return "word" .. k end }) end,
  function() debug.setlocal(2, 4, "12") end, -- a
  function() debug.setlocal(2, 6, {}) end, -- c
  function() debug.setlocal(2, 7, "0.5") end, -- d
  function() debug.setlocal(2, 3, setmetatable({}, { __index = function() return 0 end })) end, -- t
  function() lines = {} debug.sethook(function(_, line) lines[#lines + 1] = line if #lines == 120 then debug.sethook() end end, "l") end,
  function() events = {} debug.sethook(function(event) local i = getinfo(2, "nS") events[#events + 1] = event:sub(1, 1) .. ":" .. tostring(i.name) .. ":" .. i.linedefined if #events == 60 then debug.sethook() end end, "cr") end,
  function() events = {} debug.sethook(function() events[1] = (events[1] or 0) + 1 if events[1] == 1000 then debug.sethook() end end, "", 3) end,
  function() collectgarbage() end,
  function() total = "5" end,
  function() total = {} end,
  function() print(coroutine.wrap(function() local r = run(20) coroutine.yield(r) end)()) end,
  function() print(run(30)) end,
}
for k, p in ipairs(plans) do
  calls, at, plan, total, small = 0, k * 37 + 1200, p, 0, first
  words = { "alpha", "beta", "gamma", "delta" }
  local ok, x, y, z = pcall(run, 1000)
  print(k, ok, type(x) == "table" and x[1] or x, y, z, calls, type(total) == "table" or total)
  debug.sethook()
  if lines then print(table.concat(lines, " ")) end
  if events then print(table.concat(events, " ")) end
  lines, events = nil, nil
  calls, at = 0, k * 31 + 1100
  words, total, small = { "alpha", "beta", "gamma", "delta" }, 0, first
  if k <= 9 then print((select(2, xpcall(function() return run(1000) end, function(m) return tostring(m):gsub("0x%x+", "ADDR") .. debug.traceback("", 2) end)))) end
  debug.sethook()
end

-- In coroutines that wait in the middle.
at, words, total, small = nil, { "a", "b", "c", "d" }, 0, first
local function waits(n, t)
  local a, b, c = n, {}, "w"
  for i = 1, 3 do b[i] = i * n end
  if n == 0 then a = a + (coroutine.yield(c, b[1]) or 0) else a = a + waits(n - 1, t) end
  local s = 0
  for k, v in ipairs(b) do s = s + k * v end
  local x, y, z = large(n, s, t)
  if n % 3 == 1 then s = s + (coroutine.yield(z, x) or 5) end
  for i = 1, 2 do s = (s + x + i * a) % 997 end
  return s + #c
end
local cos, sums = {}, {}
for k = 1, 12 do cos[k] = coroutine.wrap(function() local t = { k, 2, 3 } while true do local s = 0 for i = 1, 6 do s = s + waits(i, t) end coroutine.yield("sum", s) end end) end
for turn = 1, 60 do
  for k = 1, 12 do
    local what, v = cos[k](turn % 4 ~= 0 and turn or nil)
    sums[k] = ((sums[k] or 0) * 5 + #what + v) % 100003
  end
end
print(table.concat(sums, " "))

-- Coroutines at work: pipelines of filters over lines, actors with mailboxes and a scheduler with timers, channels, backtracking by yields.
local scale = tonumber((...)) or 1
local create, resume, yield, status, wrap = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status, coroutine.wrap
local unpack = unpack or table.unpack

-- Filters: each is a coroutine that pulls from the one before.
local function source(n)
  return wrap(function()
    for i = 1, n do yield(("%d;%s;%d"):format(i, i % 3 == 0 and "fizz" or "item" .. i % 10, i * 7 % 101)) end
  end)
end
local function split(lines)
  return wrap(function()
    for line in lines do
      local id, name, value = line:match("^(%d+);(%w+);(%d+)$")
      yield(tonumber(id), name, tonumber(value))
    end
  end)
end
local function where(rows, test)
  return wrap(function()
    for id, name, value in rows do
      if test(id, name, value) then yield(id, name, value) end
    end
  end)
end
local function batch(rows, size)
  return wrap(function()
    local list = {}
    for id, name, value in rows do
      list[#list + 1] = { id = id, name = name, value = value }
      if #list == size then
        yield(list)
        list = {}
      end
    end
    if #list > 0 then yield(list) end
  end)
end
local function totals(batches)
  local sums = {}
  for list in batches do
    for _, r in ipairs(list) do sums[r.name] = (sums[r.name] or 0) + r.value end
  end
  return sums
end

-- Actors: `receive` and `sleep` are yields that the scheduler answers.
local System = {}
System.__index = System
function System.new() return setmetatable({ ready = {}, first = 1, last = 0, timers = {}, now = 0, count = 0, failed = 0 }, System) end
function System:push(actor, ...)
  self.last = self.last + 1
  self.ready[self.last] = { actor, select("#", ...), ... }
end
function System:spawn(f, ...)
  self.count = self.count + 1
  local actor = { id = self.count, mail = {}, waiting = false, thread = create(f) }
  self:push(actor, actor, ...)
  return actor
end
function System:send(actor, message)
  if actor.waiting then
    actor.waiting = false
    self:push(actor, message)
  else
    actor.mail[#actor.mail + 1] = message
  end
end
function System:handle(actor, ok, request, argument)
  if not ok then
    self.failed = self.failed + 1
    if actor.parent then self:send(actor.parent, { kind = "died", who = actor.id, why = request }) end
  elseif request == "receive" then
    if #actor.mail > 0 then self:push(actor, table.remove(actor.mail, 1)) else actor.waiting = true end
  elseif request == "sleep" then
    local t, at = self.timers, #self.timers + 1
    local due = self.now + argument
    while at > 1 and t[at - 1].due < due do at = at - 1 end
    table.insert(t, at, { due = due, actor = actor })
  elseif request == "yield" then
    self:push(actor)
  end
end
function System:run()
  while true do
    if self.first > self.last then
      local timer = table.remove(self.timers)
      if not timer then return end
      self.now = timer.due
      self:push(timer.actor)
    end
    local entry = self.ready[self.first]
    self.ready[self.first] = nil
    self.first = self.first + 1
    local actor = entry[1]
    if status(actor.thread) == "suspended" then
      self:handle(actor, resume(actor.thread, unpack(entry, 3, entry[2] + 2)))
    end
  end
end
local function receive() return yield("receive") end
local function sleep(n) return yield("sleep", n) end

local function worker(self, system, boss, speed)
  system:send(boss, { kind = "idle", who = self })
  while true do
    local m = receive()
    if m.kind == "stop" then return end
    if m.job % 37 == 0 then error("bad job " .. m.job, 0) end
    if m.job % 3 == 0 then sleep(speed) else yield("yield") end
    system:send(boss, { kind = "result", value = m.job * m.job % 1009, who = self })
    system:send(boss, { kind = "idle", who = self })
  end
end
local function boss(self, system, jobs, workers, report)
  local idle, done, sum, deaths, speeds = {}, 0, 0, 0, 0
  local function hire()
    speeds = speeds % 5 + 1
    system:spawn(worker, system, self, speeds).parent = self
  end
  for i = 1, workers do hire() end
  local sent, out = 0, 0
  while done + deaths < jobs do
    local m = receive()
    if m.kind == "idle" then
      if sent < jobs then
        sent = sent + 1
        system:send(m.who, { kind = "job", job = sent })
      else
        system:send(m.who, { kind = "stop" })
      end
    elseif m.kind == "result" then
      done, sum = done + 1, sum + m.value
    else
      deaths, out = deaths + 1, out + #m.why
      hire()
    end
  end
  report(sum + out, deaths)
end

-- Backtracking: colours of a map, each place a coroutine inside the one before.
local borders = { {}, { 1 }, { 1, 2 }, { 2, 3 }, { 3, 4, 1 }, { 5, 1 }, { 6, 4 }, { 7, 5, 2 } }
local function colour(n, chosen)
  if n == 0 then return yield(chosen) end
  for c = 1, 3 do
    local place, fits = #borders - n + 1, true
    for _, other in ipairs(borders[place]) do
      if chosen[other] == c then fits = false break end
    end
    if fits then
      chosen[place] = c
      for _ in wrap(function() colour(n - 1, chosen) end) do yield(chosen) end
      chosen[place] = nil
    end
  end
end

local sum, deaths, ways, late = 0, 0, 0, 0
for round = 1, math.floor(800 * scale + 0.5) do
  local lines = source(300)
  local sums = totals(batch(where(split(lines), function(id, name, value) return value % 2 == round % 2 end), 16))
  for name, value in pairs(sums) do sum = sum + value * #name end
  local system = System.new()
  system:spawn(boss, system, 150, 6, function(s, d) sum, deaths = sum + s, deaths + d end)
  system:run()
  late = late + system.now + system.failed
  for chosen in wrap(function() colour(#borders, {}) end) do
    ways = ways + 1
    for i = 1, #borders do sum = sum + chosen[i] * i end
  end
end
print(("%d %d %d %d"):format(sum, deaths, ways, late))

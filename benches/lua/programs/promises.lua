-- A server in small: event emitters, promises with a queue of jobs, chains of middleware, everything passed on by `...`, pcall and select.
local scale = tonumber((...)) or 1
local unpack, select, pcall, type = unpack or table.unpack, select, pcall, type

local function pack(...) return { n = select("#", ...), ... } end
local function bind(f, ...)
  local bound = pack(...)
  if bound.n == 1 then
    local a = bound[1]
    return function(...) return f(a, ...) end
  end
  return function(...)
    local args, n = { unpack(bound, 1, bound.n) }, bound.n
    for i = 1, select("#", ...) do args[n + i] = (select(i, ...)) end
    return f(unpack(args, 1, n + select("#", ...)))
  end
end

local Emitter = {}
Emitter.__index = Emitter
function Emitter.new() return setmetatable({ listeners = {}, emitted = 0 }, Emitter) end
function Emitter:on(event, f)
  local list = self.listeners[event]
  if not list then
    list = {}
    self.listeners[event] = list
  end
  list[#list + 1] = f
  return self
end
function Emitter:once(event, f)
  local wrapper
  wrapper = function(...)
    self:off(event, wrapper)
    return f(...)
  end
  return self:on(event, wrapper)
end
function Emitter:off(event, f)
  local list = self.listeners[event]
  for i = #list, 1, -1 do
    if list[i] == f then return table.remove(list, i) end
  end
end
function Emitter:emit(event, ...)
  self.emitted = self.emitted + 1
  local list = self.listeners[event]
  if not list then return 0 end
  local copy = { unpack(list) }
  for i = 1, #copy do copy[i](...) end
  return #copy
end

local jobs = { first = 1, last = 0 }
local function later(f, ...)
  jobs.last = jobs.last + 1
  jobs[jobs.last] = pack(f, ...)
end
local function drain()
  while jobs.first <= jobs.last do
    local job = jobs[jobs.first]
    jobs[jobs.first] = nil
    jobs.first = jobs.first + 1
    job[1](unpack(job, 2, job.n))
  end
end

local Promise = {}
Promise.__index = Promise
local function settle(p, state, ...)
  if p.state ~= "pending" then return end
  p.state, p.values = state, pack(...)
  for _, w in ipairs(p.waiting) do later(w, state, ...) end
  p.waiting = nil
end
local function resolve(p, value, ...)
  if type(value) == "table" and getmetatable(value) == Promise then
    value:subscribe(function(state, ...) settle(p, state, ...) end)
  else
    settle(p, "done", value, ...)
  end
end
function Promise.new(work, ...)
  local p = setmetatable({ state = "pending", waiting = {} }, Promise)
  if work then
    local ok, message = pcall(work, function(...) resolve(p, ...) end, function(...) settle(p, "failed", ...) end, ...)
    if not ok then settle(p, "failed", message) end
  end
  return p
end
function Promise:subscribe(f)
  if self.state == "pending" then
    self.waiting[#self.waiting + 1] = f
  else
    later(f, self.state, unpack(self.values, 1, self.values.n))
  end
end
local function finish(p, ok, ...)
  if ok then resolve(p, ...) else settle(p, "failed", ...) end
end
function Promise:next(done, failed)
  local p = Promise.new()
  self:subscribe(function(state, ...)
    local f = state == "done" and done or state == "failed" and failed
    if not f then settle(p, state, ...) else finish(p, pcall(f, ...)) end
  end)
  return p
end
function Promise.all(list)
  return Promise.new(function(done, failed)
    local results, left = {}, #list
    for i, p in ipairs(list) do
      p:next(function(v)
        results[i] = v
        left = left - 1
        if left == 0 then done(results) end
      end, failed)
    end
  end)
end

local App = setmetatable({}, { __index = Emitter })
App.__index = App
function App.new()
  local app = setmetatable(Emitter.new(), App)
  app.chain = {}
  return app
end
function App:use(f, ...)
  self.chain[#self.chain + 1] = select("#", ...) > 0 and bind(f, ...) or f
  return self
end
function App:handle(request, ...)
  local function run(i, request, ...)
    local f = self.chain[i]
    if not f then return 404, "nothing", ... end
    return f(request, function(...) return run(i + 1, request, ...) end, ...)
  end
  return run(1, request, ...)
end

local function answer(app, request, ok, status, body, ...)
  if not ok then
    app:emit("error", request, status)
    return 500, tostring(type(status) == "table" and status.reason or status), select("#", ...)
  end
  app:emit("done", request, status, body, ...)
  return status, body, select("#", ...)
end

local log = { lines = 0, errors = 0, bytes = 0 }
local app = App.new()
app:use(function(request, go, ...)
  request.started = true
  local function after(status, body, ...)
    log.lines = log.lines + 1
    return status, body, ...
  end
  return after(go(...))
end)
app:use(function(limit, word, request, go, user, ...)
  if user and #user > limit then return 413, word, user end
  return go(user, ...)
end, 6, "too long")
app:use(function(request, go, ...)
  if request.path == "/fail" then error({ reason = "failed on purpose" }) end
  if request.path == "/count" then return 200, tostring(select("#", ...)), ... end
  return go(...)
end)
app:use(function(prefix, request, go, user, ...)
  if request.path ~= "/hello" then return go(user, ...) end
  local names = { user or "nobody", ... }
  return 200, prefix .. table.concat(names, "+")
end, "hello ")
app:on("done", function(request, status, body) log.bytes = log.bytes + #body + status end)
app:on("error", function(request, e) log.errors = log.errors + #e.reason end)

local paths, users = { "/hello", "/count", "/fail", "/other", "/hello" }, { "ann", "bob", "carla", "desmond", nil }
local total, rejected = 0, 0
for round = 1, math.floor(18000 * scale + 0.5) do
  local pending = {}
  for i, path in ipairs(paths) do
    local user = users[(round + i) % 5 + 1]
    pending[i] = Promise.new(function(done, failed, extra, ...)
      local status, body, n = answer(app, { path = path }, pcall(app.handle, app, { path = path }, user, extra, ...))
      if status == 500 then failed(body, n) else done({ status = status, body = body, n = n }) end
    end, "x", round % 3 == 0 and "y" or nil):next(function(r) return r.status + #r.body + r.n end, function(reason)
      rejected = rejected + #reason
      if round % 4 == 0 then error("again", 0) end
      return Promise.new(function(done) done(1) end)
    end)
  end
  Promise.all(pending):next(function(results)
    for i = 1, #results do total = total + results[i] * i end
  end, function(message) rejected = rejected + #message end)
  app:once("done", function(_, status) total = total + status end)
  drain()
end
print(("%d %d %d %d %d %d"):format(total, rejected, log.lines, log.errors, log.bytes, app.emitted))

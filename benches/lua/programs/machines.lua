-- A simulated operating system after Richards: tasks of classes three levels deep that call `self.super`, packets in linked queues.
local scale = tonumber((...)) or 1

local Object = { name = "Object" }
Object.__index = Object
function Object:extend(name)
  local class = {}
  for k, v in pairs(self) do
    if k:sub(1, 2) == "__" then class[k] = v end
  end
  class.__index = class
  class.super, class.name = self, name
  return setmetatable(class, self)
end
function Object.__call(class, ...)
  local o = setmetatable({}, class)
  o:init(...)
  return o
end
function Object:init() end
function Object:is(class)
  local c = getmetatable(self)
  while c do
    if c == class then return true end
    c = rawget(c, "super")
  end
  return false
end

local Packet = Object:extend("Packet")
function Packet:init(link, identity, kind)
  self.link, self.identity, self.kind, self.datum, self.data = link, identity, kind, 0, { 0, 0, 0, 0 }
end
function Packet:append_to(queue)
  self.link = nil
  if not queue then return self end
  local last = queue
  while last.link do last = last.link end
  last.link = self
  return queue
end

local Task = Object:extend("Task")
function Task:init(system, identity, priority, queue)
  self.system, self.identity, self.priority, self.queue = system, identity, priority, queue
  self.pending, self.waiting, self.held = queue ~= nil, queue == nil, false
  self.runs = 0
  system:add(self)
end
function Task:blocked() return self.held or (not self.pending and self.waiting) end
function Task:check(packet, old)
  if not self.queue then
    self.queue, self.pending = packet, true
    if self.priority > old.priority then return self end
  else
    self.queue = packet:append_to(self.queue)
  end
  return old
end
function Task:take()
  local packet
  if self.pending and self.waiting then
    packet = self.queue
    self.queue = packet.link
    self.pending, self.waiting = self.queue ~= nil, false
  end
  return packet
end
function Task:run(packet) self.runs = self.runs + 1 end
function Task:wait() self.waiting = true return self end

local Idle = Task:extend("Idle")
function Idle:init(system, identity, seed, count)
  self.super.init(self, system, identity, 0, nil)
  self.waiting, self.seed, self.count = false, seed, count
end
function Idle:run(packet)
  self.super.run(self, packet)
  self.count = self.count - 1
  if self.count == 0 then return self.system:hold() end
  if self.seed % 2 == 0 then
    self.seed = self.seed / 2
    return self.system:release(5)
  end
  self.seed = (self.seed - 1) / 2 + 53256
  return self.system:release(6)
end

-- A task that keeps two queues of its own; workers, handlers and devices are made of it.
local Queued = Task:extend("Queued")
function Queued:init(system, identity, priority, queue)
  Queued.super.init(self, system, identity, priority, queue)
  self.work, self.devices = nil, nil
end
function Queued:accept(packet)
  if packet.kind == "work" then
    self.work = packet:append_to(self.work)
  else
    self.devices = packet:append_to(self.devices)
  end
end

local Handler = Queued:extend("Handler")
function Handler:run(packet)
  Handler.super.super.run(self, packet)
  if packet then self:accept(packet) end
  local work = self.work
  if work then
    local at = work.datum
    if at >= 4 then
      self.work = work.link
      return self.system:send(work)
    end
    local device = self.devices
    if device then
      self.devices = device.link
      device.datum = work.data[at + 1]
      work.datum = at + 1
      return self.system:send(device)
    end
  end
  return self:wait()
end

local Worker = Queued:extend("Worker")
function Worker:init(...)
  Worker.super.init(self, ...)
  self.destination, self.letter = 3, 0
end
function Worker:run(packet)
  Worker.super.super.run(self, packet)
  if not packet then return self:wait() end
  self.destination = self.destination == 3 and 4 or 3
  packet.identity, packet.datum = self.destination, 0
  for i = 1, 4 do
    self.letter = self.letter % 26 + 1
    packet.data[i] = 64 + self.letter
  end
  return self.system:send(packet)
end

local Device = Queued:extend("Device")
function Device:run(packet)
  Device.super.super.run(self, packet)
  if packet then
    self.devices = packet
    return self.system:hold()
  end
  local held = self.devices
  if not held then return self:wait() end
  self.devices = nil
  return self.system:send(held)
end

local System = Object:extend("System")
function System:init() self.tasks, self.list, self.sent, self.holds = {}, {}, 0, 0 end
function System:add(task)
  self.tasks[task.identity] = task
  table.insert(self.list, 1, task)
end
function System:hold()
  self.holds = self.holds + 1
  self.current.held = true
  return self:after(self.current)
end
function System:after(task)
  for i, t in ipairs(self.list) do
    if t == task then return self.list[i + 1] end
  end
end
function System:release(identity)
  local task = self.tasks[identity]
  task.held = false
  return task.priority > self.current.priority and task or self.current
end
function System:send(packet)
  self.sent = self.sent + 1
  local task = self.tasks[packet.identity]
  packet.link, packet.identity = nil, self.current.identity
  return task:check(packet, self.current)
end
function System:run()
  local task = self.list[1]
  while task do
    self.current = task
    if task:blocked() then task = self:after(task) else task = task:run(task:take()) end
  end
end

local function chain(n, identity, kind)
  local queue
  for i = 1, n do queue = Packet(queue, identity, kind) end
  return queue
end

local sent, holds, runs, devices = 0, 0, 0, 0
for round = 1, math.floor(100 * scale + 0.5) do
  local system = System()
  Idle(system, 1, round, 2000)
  Worker(system, 2, 1000, chain(2, 2, "work"))
  Handler(system, 3, 2000, chain(3, 5, "device"))
  Handler(system, 4, 3000, chain(3, 6, "device"))
  Device(system, 5, 4000)
  Device(system, 6, 5000)
  system:run()
  sent, holds = sent + system.sent, holds + system.holds
  for _, t in ipairs(system.list) do
    runs = runs + t.runs * t.identity
    if t:is(Device) and t:is(Queued) and not t:is(Idle) then devices = devices + 1 end
  end
end
print(sent, holds, runs, devices)

-- An object-oriented simulation: shops, customers in queues, events from a table of handlers.
local scale = tonumber((...)) or 1

local Queue = {}
Queue.__index = Queue
function Queue.new() return setmetatable({ first = 1, last = 0, items = {} }, Queue) end
function Queue:push(x) self.last = self.last + 1; self.items[self.last] = x end
function Queue:pop()
  if self.first > self.last then return nil end
  local x = self.items[self.first]
  self.items[self.first] = nil
  self.first = self.first + 1
  return x
end
function Queue:size() return self.last - self.first + 1 end

local Customer = {}
Customer.__index = Customer
function Customer.new(id, patience) return setmetatable({ id = id, patience = patience, waited = 0 }, Customer) end
function Customer:tick() self.waited = self.waited + 1; return self.waited > self.patience end

local Shop = {}
Shop.__index = Shop
function Shop.new(n)
  local s = setmetatable({ counters = {}, served = 0, lost = 0 }, Shop)
  for i = 1, n do s.counters[i] = Queue.new() end
  return s
end
function Shop:shortest()
  local best, size
  for _, q in ipairs(self.counters) do
    local n = q:size()
    if not size or n < size then best, size = q, n end
  end
  return best
end
function Shop:arrive(c) self:shortest():push(c) end
function Shop:serve(i)
  local c = self.counters[i]:pop()
  if c then
    if c:tick() then self.lost = self.lost + 1 else self.served = self.served + 1 end
    return c
  end
end

local handlers = {
  arrive = function(shop, t) shop:arrive(Customer.new(t, t % 4)) end,
  serve = function(shop, t) local c = shop:serve(t % 5 + 1); if c and t % 9 == 0 then shop:arrive(c) end end,
}
local shop, kinds = Shop.new(5), { "arrive", "serve", "arrive", "serve", "serve" }
for t = 1, math.floor(620000 * scale) do handlers[kinds[t % 5 + 1]](shop, t) end
print(shop.served, shop.lost)

-- __index and __newindex as functions and as tables: proxies, defaults, counted stores.
local scale = tonumber((...)) or 1

local store, reads, writes = { a = 1, b = 2, c = 3 }, 0, 0
local proxy = setmetatable({}, {
  __index = function(_, k) reads = reads + 1; return store[k] end,
  __newindex = function(_, k, v) writes = writes + 1; store[k] = v end,
})
local default = setmetatable({}, { __index = { zero = 0, one = 1 } })
local forward = setmetatable({}, { __newindex = store, __index = store })

local sum = 0
for i = 1, math.floor(2100000 * scale) do
  proxy.a = i % 5
  sum = sum + proxy.a + proxy.b + default.one + default.zero
  forward.c = sum % 3
  sum = sum + forward.c
end
print(sum, reads, writes)

-- A coroutine yields from within a `__tostring`, in a loop that makes the call hot, and goes on behind it.
local o = setmetatable({}, { __tostring = function() return "got " .. coroutine.yield("asked") end })
local co = coroutine.wrap(function()
  local out = {}
  for i = 1, 300 do
    local text = tostring(o)
    out[#out + 1] = text
  end
  return table.concat(out, ",")
end)
assert(co() == "asked")
for i = 1, 299 do assert(co(i) == "asked") end
local all = co(300)
local wanted = {}
for i = 1, 300 do wanted[i] = "got " .. i end
assert(all == table.concat(wanted, ","))

-- What a call of it inside waits for ends by an error that is caught outside.
local bad = setmetatable({}, { __tostring = function() coroutine.yield() error("late", 0) end })
for i = 1, 100 do
  local inner = coroutine.create(function() return pcall(function() return tostring(bad) end) end)
  coroutine.resume(inner)
  local _, ok, message = coroutine.resume(inner)
  assert(ok == false and message == "late")
end

-- ... by functions of the library that yield, or switch.
local yields = setmetatable({}, { __tostring = coroutine.yield })
local other = coroutine.wrap(function() while true do coroutine.yield("from another") end end)
local switches = setmetatable({}, { __tostring = other })
local c = coroutine.wrap(function()
  for i = 1, 200 do
    local a, b = tostring(yields)
    assert(a == "resumed " .. i and b == nil)
    assert(tostring(switches) == "from another")
  end
  return "done"
end)
assert(c() == yields)
for i = 1, 199 do assert(c("resumed " .. i, "more") == yields) end
assert(c("resumed 200") == "done")

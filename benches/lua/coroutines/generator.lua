-- One generator read many times through coroutine.resume.
local scale = tonumber((...)) or 1
local yield, resume = coroutine.yield, coroutine.resume

local n = math.floor(6300000 * scale)
local co = coroutine.create(function()
  for i = 1, n do yield(i) end
end)
local sum = 0
while true do
  local ok, value = resume(co)
  if not value then break end
  sum = sum + value
end
print(string.format("%.14g", sum))

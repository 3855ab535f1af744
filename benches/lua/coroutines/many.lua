-- Many short-lived coroutines.
local scale = tonumber((...)) or 1
local create, resume, yield, status = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status

local function body(a) local b = yield(a + 1); return a + b end
local sum = 0
for i = 1, math.floor(1000000 * scale) do
  local co = create(body)
  local _, x = resume(co, i)
  local _, y = resume(co, x)
  sum = sum + y % 17
  if status(co) == "dead" then sum = sum + 1 end
end
print(string.format("%.14g", sum))

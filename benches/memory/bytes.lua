-- What one object takes: growth of the resident memory by many of them, after a full collection. The array
-- that holds them is there before. Prints the bytes.
local kind = ...

local count = 1000000
local function body() end
local function yields(i) coroutine.yield(i) end
local make = {
  number = function(i) return i end, -- the array itself, see below
  pair = function(i) return { x = i, y = i } end,
  triple = function(i) return { i, i, i } end,
  empty = function() return {} end,
  string = function(i) return "key" .. i end,
  closure = function(i) return function() return i end end,
  coroutine = function() return coroutine.create(body) end,
  suspended = function(i)
    local co = coroutine.create(yields)
    coroutine.resume(co, i)
    return co
  end,
  userdata = function() return newproxy() end,
}
if kind == "coroutine" or kind == "suspended" then count = 100000 end

local function settled()
  collectgarbage() collectgarbage()
  return rss()
end

local holder = {}
if kind == "number" then
  -- Filled one by one to just a power of two.
  count = 2 ^ 22
  local before = settled()
  for i = 1, count do holder[i] = i end
  print((settled() - before) / count)
else
  for i = 1, count do holder[i] = false end
  local f = make[kind]
  local before = settled()
  for i = 1, count do holder[i] = f(i) end
  print((settled() - before) / count)
end

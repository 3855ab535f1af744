-- Small functions that a hot loop calls: those that return a value here and a call there, whose callees call on. No frame of theirs is left.
local look = function() end
local function h(n) if n == 3010 then look() end return n + 1 end
local function g(n) local v = h(n) return v end
local function either(n) if n == 0 then return 1 end return g(n) end
local function leaf(n) if n == 3010 then look() end return n * 2 end
local function short(n) if n < 3 then return n end return leaf(n) end
local function both(n) if n % 2 == 1 then return short(n) end return either(n) end
local odd_one
local function even_one(n, i) if n == 0 then return 1 end return odd_one(n - 1, i) end
function odd_one(n, i) if n == 0 then if i == 3010 then look() end return 2 end local v = even_one(n - 1, i) return v end
local function run(f, bad)
  local s = 0
  for i = 1, 3010 do
    s = s * 2 s = s % 7 s = s + i
    s = f(i == 3010 and bad or i, i) + s
  end
  return s
end
local fs = { either, short, both, function(n, i) return even_one(5, i) end, function(n, i) local v = even_one(3, i) return v + n end, function(n) local v = either(n) return v end, function(n) local v = both(n) return v + short(n) end }
for k, f in ipairs(fs) do
  look = function() print(k, debug.traceback("look")) print(pcall(error, "level 3", 3)) print(pcall(error, "level 4", 4)) end
  print(k, run(f))
  look = function() end
  print(k, xpcall(function() return run(f, {}) end, debug.traceback))
  local events = {}
  look = function()
    debug.sethook(function(event) local i = debug.getinfo(2, "nS") events[#events + 1] = event .. ":" .. tostring(i.name) .. ":" .. i.linedefined end, "cr")
  end
  run(f)
  debug.sethook()
  print(k, table.concat(events, " "))
end

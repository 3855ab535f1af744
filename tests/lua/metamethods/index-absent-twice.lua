-- Keys in registers that an object lacks and its __index, a table, too: nil, or what that table's own metatable says.
local Class = {}
Class.__index = Class
function Class.method() return "method" end
Class[3] = "three"
local list = setmetatable({ 10, 20, sign = 1 }, Class)
local keys = { 1, 2, 3, 4, 0, -1, 1.5, 1e10, "sign", "method", "none", true, false, Class, print, ("x"):rep(50) }
local calls = {}
local function count(t, k)
  calls[#calls + 1] = tostring(k)
  return t, k
end
local layers = {
  list,
  setmetatable({}, { __index = list }),
  setmetatable({}, { __index = setmetatable({ 1, false }, { __index = count }) }),
  setmetatable({}, { __index = setmetatable({}, { __index = setmetatable({}, { __index = count }) }) }),
  setmetatable({}, { __index = setmetatable({}, {}) }),
  setmetatable({}, { __index = setmetatable({ 7 }, { __index = "text" }) }),
  setmetatable({}, { __index = setmetatable({}, { __index = rawget }) }),
  setmetatable({}, { __index = "text" }),
}
local sum = 0
for round = 1, 300 do
  for n, object in ipairs(layers) do
    for i = 1, #keys do
      local key = keys[i]
      local ok, value = pcall(function() return object[key] end)
      local direct = n ~= 6 and n ~= 8 and object[key]
      if round == 1 and i < 12 then
        print(n, tostring(key), ok, (type(value) == "table" or type(value) == "function") and type(value) or tostring(value), type(direct))
      end
      if direct then sum = sum + i end
    end
  end
  -- What the second table says changes.
  if round == 100 then Class[4] = "four" end
  if round == 200 then setmetatable(Class, { __index = function(t, k) return t == Class and k end }) end
end
print(sum, #calls)
local function behind(a) return (a[1] or 0) + (a[5] or 100) end
setmetatable(Class, nil)
local total = 0
for i = 1, 2000 do total = total + behind(list) + (list[i % 4 + 5] or 1) end
print(total)
print(pcall(function(k) return layers[6][k] end, 2))
-- In a coroutine.
local co = coroutine.wrap(function()
  local t = setmetatable({}, { __index = setmetatable({}, { __index = function(_, k) return k * 2 end }) })
  local s = 0
  for i = 1, 300 do s = s + t[i] end
  return s
end)
print(co())

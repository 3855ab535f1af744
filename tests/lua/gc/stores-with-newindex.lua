-- While the collector marks, a store of an object in a table that has been marked takes another way. Where the key has
-- a value that is an assignment still, whatever __newindex says: by constant names, by variables, in the array part.
local ballast = {} for i = 1, 200000 do ballast[i] = {} end
local calls, lost, elsewhere = 0, 0, {}
local function called() calls = calls + 1 end
local name, number, object = "name", 1.5, {}
for _, newindex in ipairs { called, elsewhere } do
  local t = setmetatable({}, { __newindex = newindex })
  t.first = 1 t.first = 2 calls = 0
  for _, key in ipairs { "name", "field", 1, 1.5, object, true } do rawset(t, key, {}) end
  for i = 1, 40000 do
    local v = {}
    t[name] = v t.field = v t[1] = v t[number] = v t[object] = v t[true] = v
    for _, key in ipairs { "name", "field", 1, 1.5, object, true } do if rawget(t, key) ~= v then lost = lost + 1 end end
  end
  print(calls, lost, next(elsewhere) == "first" or next(elsewhere))
end

-- pairs and ipairs called for any number of results, with arguments of every kind, as values, and through other callers.

local t = setmetatable({ 1, 2, nil, 4, x = 5 }, { __index = function() return "asked" end, __pairs = error, __ipairs = error })
local function show(...)
  local out = { select("#", ...) }
  for i = 1, out[1] do
    local v = select(i, ...)
    out[#out + 1] = v == t and "t" or v == next and "next" or type(v) == "function" and "function" or tostring(v)
  end
  print(table.concat(out, " "))
end

for _, begin in ipairs { pairs, ipairs } do
  show(begin(t))
  show(begin(t, "more", "still more"))
  show((begin(t)))
  local f, s, i = begin(t)
  show(f, s, i)
  local a, b = begin(t)
  show(a, b)
  local c, d, e, g, h = begin(t)
  show(c, d, e, g, h)
  begin(t)
  show(pcall(begin, t))
  show(select(2, pcall(begin)))
  for _, wrong in pairs { 1, "text", print, true, io.stdout } do
    print(pcall(function() for _ in begin(wrong) do end end))
    print(pcall(function() local x, y, z = begin(wrong, t) return x, y, z end))
  end
  print(pcall(function() for _ in begin() do end end))
  print(pcall(function() for _ in begin(nil) do end end))
  show(coroutine.wrap(function() return begin(t) end)())
  local count = 0
  for k, v in begin(t) do
    for k2, v2 in begin(t) do count = count + (tonumber(v) or 0) * (tonumber(v2) or 0) end
  end
  print(count)
end

-- With and without other results in the way, and where a hook asks who is called.
local names = {}
debug.sethook(function() local info = debug.getinfo(2, "n") names[#names + 1] = info.name or "?" end, "c")
for _ in pairs {} do end
for _ in ipairs {} do end
debug.sethook()
print(table.concat(names, " "))

-- An iterator that was exchanged.
print(debug.setupvalue(pairs, 1, function() return nil end))
for _ in pairs(t) do print("never") end
print(debug.setupvalue(pairs, 1, next))
for k in pairs { only = 1 } do print(k) end

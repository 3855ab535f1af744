-- CVE-2025-49844: a string of the parser that nothing holds while the reader makes the collector run. Every name and
-- constant of the chunk is new, and the collector runs at every piece, whole or by steps.

local function source(i)
  return ("local name_%d, other_%d = 'constant_%d', [[long string that is not interned, number %d]]\n"):format(i, i, i, i)
    .. ("local t = {field_%d = name_%d, ['key_%d'] = other_%d, %d.25}\n"):format(i, i, i, i, i)
    .. ("function global_%d.method_%d:call_%d(a_%d, ...) return self['x_%d'] .. a_%d end\n"):format(i, i, i, i, i, i):gsub("global_%d+%.", "T.")
    .. ("return t.field_%d, t['key_%d'], t[1]\n"):format(i, i)
end
T = setmetatable({}, { __index = function(t, k) local v = {} rawset(t, k, v) return v end })

for i = 1, 60 do
  local text, at, size = source(i), 0, i % 7 + 1
  local how = i % 3
  local f, message = load(function()
    if how == 0 then collectgarbage() elseif how == 1 then collectgarbage("step", 1) end
    local garbage = {}
    for j = 1, 20 do garbage[j] = ("garbage %d %d %d"):format(i, at, j) end
    at = at + size
    return text:sub(at - size + 1, at) -- a new string each time, "" at the end
  end, ("@chunk name %d %s"):format(i, ("x"):rep(i * 20)))
  assert(f, message)
  local a, b, c = f()
  assert(a == "constant_" .. i and b == "long string that is not interned, number " .. i and c == i + 0.25)
  -- The same for binary chunks. (The reference has freed some of their strings when pieces have 100 bytes.)
  local dumped = string.dump(f)
  for _, piece in ipairs { size, 100 } do
    at = 0
    local g = assert(load(function()
      if how == 0 then collectgarbage() else collectgarbage("step", how - 1) end
      at = at + piece
      return dumped:sub(at - piece + 1, at)
    end, "=dumped"))
    collectgarbage()
    a, b = g()
    assert(a == "constant_" .. i and b:find("number " .. i))
    assert(string.dump(g) == dumped)
  end
  -- And inside each other, with names in common.
  local function nested(depth)
    local text, at = source(i), 0
    return assert(load(function()
      at = at + 90
      if depth > 0 then nested(depth - 1)() end
      if how == 0 then collectgarbage() else collectgarbage("step", how - 1) end
      return text:sub(at - 89, at)
    end))
  end
  if i % 10 < 3 then assert(nested(2)() == "constant_" .. i) end
  -- And for chunks that end in an error, whose name is in the message.
  at, text = 0, ("local broken_%d = = 1"):format(i)
  f, message = load(function() collectgarbage() at = at + 1 return text:sub(at, at) end, ("=error %d"):format(i))
  assert(not f and message:find(("error %d:1: unexpected symbol near '='"):format(i), 1, true), message)
end

-- Garbage of a reader that asks for no collection does not pile up either: 500 megabytes of it.
local pieces, most = 0, 0
assert(load(function()
  pieces = pieces + 1
  local garbage = ("x"):rep(1024 * 1024)
  most = math.max(most, collectgarbage("count"))
  return pieces < 500 and "x = 1 " or nil
end))
assert(most < 20 * 1024, most)

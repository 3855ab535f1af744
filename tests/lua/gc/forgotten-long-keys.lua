-- next from a long string whose entry the collector has cleared: an equal one, made anew, is as good as the key itself.
local function text(n) return ("a text that is longer than those that are kept once "):rep(2) .. n end

local function walk(t, from)
  local ok, k, v = pcall(next, t, from)
  print(ok, type(k), type(v))
end

for _, mode in ipairs { "v", "kv", "" } do
  local t = setmetatable({}, { __mode = mode })
  local own = text(1)
  t[own] = {}
  local equal = text(1)
  if mode == "" then t[own] = nil end
  own = nil
  collectgarbage()
  collectgarbage()
  walk(t, equal)

  -- among many, each gone while it is the last that was seen
  local many, equals = setmetatable({}, { __mode = mode }), {}
  collectgarbage("stop") -- the reference forgets keys where a table grows
  for i = 1, 200 do many[text(i)] = {} equals[i] = text(i) end
  collectgarbage("restart")
  if mode == "" then for i = 1, 200 do many[text(i)] = nil end end
  collectgarbage()
  collectgarbage()
  local found = 0
  for i = 1, 200 do if pcall(next, many, equals[i]) then found = found + 1 end end
  print(mode, found)
end
print(pcall(next, { [text(1)] = true }, text(2)))

-- One instruction that indexes, and one that assigns, with keys and values of every kind in turn: what an instruction
-- has met before is nothing to the next.
local function get(t, k) return t[k] end
local function set(t, k, v) t[k] = v end
local function put(t, k) t[k] = 7 end
local long = ("long"):rep(20)
local keys = { "name", 1, "other", 2.5, true, "na" .. "me", -1, false, print, "x" .. 1, long, 2 ^ 53, "end", 3, long .. "er", 0, "2", 2 }
local shown = { [print] = "print" }
local function show(...) local list = { ... } for i = 1, select("#", ...) do list[i] = shown[list[i]] or #tostring(list[i]) > 30 and "long" or tostring(list[i]) end print(table.concat(list, " ")) end
local plain, proxied = {}, setmetatable({}, { __index = function(_, k) return "no " .. (shown[k] or tostring(k)):sub(1, 9) end, __newindex = function(t, k, v) rawset(t, k, v and v * 2) end })
local inheriting = setmetatable({}, { __index = plain })
for round = 1, 3 do
  for i, k in ipairs(keys) do
    for _, t in ipairs { plain, proxied, inheriting } do
      show(round, k, get(t, k), get(inheriting, k))
      if (i + round) % 3 == 0 then set(t, k, i + round) elseif (i + round) % 3 == 1 then put(t, k) else set(t, k, nil) end
      show(get(t, k), get(t, keys[i % #keys + 1]), get(t, keys[(i + 6) % #keys + 1]))
    end
  end
end
for _, what in ipairs { "text", 5, true, print, io.stdout, coroutine.create(function() end), newproxy(true) } do
  for _, k in ipairs { "len", 1, "write", "x" .. "y" } do
    local ok, v = pcall(get, what, k) print(type(what), k, ok, ok and type(v) or v)
    ok, v = pcall(set, what, k, 1) print(type(what), k, ok, v)
  end
end
print(pcall(get, nil, "x")) print(pcall(get, {}, nil)) print(pcall(set, {}, nil, 1)) print(pcall(set, {}, 0 / 0, 1)) print(pcall(put, {}, nil)) print(pcall(put, nil, "x"))
local count = 0 debug.sethook(function() count = count + 1 end, "", 1) for _, k in ipairs(keys) do get(plain, k) set(plain, k, 1) end debug.sethook() print(count)
for _, k in ipairs(keys) do local lines = 0 debug.sethook(function() lines = lines + 1 end, "l") get(plain, k) set(plain, k, k) debug.sethook() show(k, lines, get(plain, k)) end

-- Scenes of mixed.lua: loops over tables and by iterators.

local scenes = ...

local filled = [[
local t, n, S = {}, 0, {}
for k = 1, $<10,200> do t[$(k|'k' .. k|k % 2 == 0 and k or 'k' .. k|k * 0.5|-k|k % 7 == 0 and 's' .. k or k)] = $(k|k % 4 ~= 0 and k|'v' .. k % 9|k * 0.5) end
]]

scenes.traversals = filled .. [[
local function walk(r)
  for k, v in $(pairs(t)|pairs(t)|next, t|next, t, nil|ipairs(t)|(pairs(t)), t) do
    $E
    $(|n = mix(n, k, v)|n = (n + num(v)) % 1000003)
    $(t[k] = nil|t[k] = v|t[k] = $(r|'n'|{}|false|nil)|if num(k) % 3 < 1 then t[k] = nil end|if v == 5 then t[k] = 'five' end|rawset(t, k, v)|if r == $<3,40> then t[k] = nil end)
    $(|if n % 97 == 3 then break end|for i, w in ipairs(S) do n = mix(n, w) if i > 2 then break end end|if v then n = n + 1 end|do local c = function() n = n + 1 return k, v end n = mix(n, c()) end|if r == 30 and type(v) == 'number' then return v end)
  end
  return #t
end
for r = 1, $<40,120> do
  S[r % 7 + 1] = r
  $(|t[$<1,50>] = r|t['new' .. r % 20] = r|if r % 9 == 0 then for k = 1, 30 do t[k] = k end end|if r % 10 == 0 then t = {} for k = 1, r do t[k] = k end end|t[#t + 1] = r|if r % 13 == 0 then setmetatable(t, {__index = function(t, k) return k < 300 and k or nil end}) end)
  local ok, m = pcall(walk, r) if r % 10 == 0 or not ok then say(r, ok, m, n) end
end
dump('t', t)]]

scenes.nested = filled .. [[
local u = {$(1, 2, 3|a = 1, b = 2, 3|{1, 2}, {3}, {x = 4})}
say(xpcall(function()
  for r = 1, $<20,80> do
    $E
    for k, v in $(pairs(t)|ipairs(t)|next, t) do
      for i, w in $(pairs(u)|ipairs(u)|next, u|pairs(type(v) == 'table' and v or u)) do
        $(n = mix(n, k, w)|n = n + num(i)|if w == v then break end n = n + 1|n = mix(n, i, v) if n % 11 == 0 then u[i] = w end|for c in ('ab'):gmatch '.' do n = mix(n, c, i) end)
        $(|if n > 1e6 then n = n % 1000 end|if n % 501 == 0 then break end)
      end
      $(|t[k] = n % 50|if n % 3 == 0 then break end|u[1] = v)
    end
    if r % 20 == 0 then say(r, n) end
    if r == $(3|12|18) then $(u = t|u = setmetatable({5}, {__index = function(t, k) if k < 5 then return k end end})|t = nil|t = {}|u[2] = nil|u[1] = {}|u = 'text') end
  end
end, caught)) say(n)]]

scenes.iterators = [[
local n, calls = 0, 0
local function step(s, k) calls = calls + 1 $(|if calls == $<4,4000> then error('in step'$(|, 2)) end|if calls == $<4,4000> then stack(4) end|if calls == $<4,4000> then peek() collect() end|deep(20)) k = k + 1 if k <= s then return k, $(k * 2|s, k|nil, 3|{}|'t' .. k % 5) end end
local callable = setmetatable({}, {__call = $(function(self, s, k) return step(s, k) end|function(self, ...) local s, k = ... return step(s, k) end|function(self, s, k) if k < s then return k + 1 end end)})
local function upto(m) local k = 0 return function($(|...)) k = k + 1 if k <= m then return k$(|, -k) end end end
local function wrapped(m) return coroutine.wrap(function(...) for k = 1, m do $(coroutine.yield(k)|coroutine.yield(k, k)|local a, b = coroutine.yield(k, 'w') n = mix(n, a, b)) end $(|return nil|error('over')) end) end
local function of(...) local list, k = {...}, 0 return function() k = k + 1 return list[k] end end
local chosen = step
say(xpcall(function()
  for r = 1, $<100,400> do
    $E
    if r == $(4|60|90) then chosen = $(function(s, k) if k < 3 then return k + 1 end end|callable|nil|upto(5)|tonumber|function(...) return step(...) end|coroutine.wrap(function(s, k) for k = 1, 3 do coroutine.yield(k) end end)) elseif r == 95 then chosen = step end
    for $(k|k, v|k, v, w|k, v, w, x) in $(step, $<5,20>, 0|chosen, 9, 0|callable, 8, 0|upto(r % 20)|wrapped(r % 15)|of(1, 'a', 2, r)|(upto(5))|any(step, 7, 0)|function(s, k) return step(s, k) end, 5, 0|pairs {1, 2, x = r}|('a1b2c3'):gmatch('%a')|unpack {step, 6, 0}) do
      n = mix(n, $(k|k, n|k, type(k)))
      $(|if k == 4 then break end|local c = function() n = n + num(k) end c()|if n % 77 == 0 then k = 'text' n = mix(n, k) end|for i = 1, 2 do n = n + i end|for j in upto(3) do n = n + j end)
    end
    if r % 50 == 0 then say(r, n, calls) end
  end
end, caught)) say(n, calls)]]

-- The iterator's own state is changed from within the loop, and the table's under it.
scenes.entangled = [[
local n, state = 0, {left = 0}
local function take(s) s.left = s.left - 1 if s.left >= 0 then return s.left, s end end
local list = {}
local function each(t) local k = 0 return function() k = k + 1 local v = t[k] if v ~= nil then return v, k end end end
say(xpcall(function()
  for r = 1, $<100,400> do
    $E
    state.left = r % $<5,30>
    for k in take, state do n = mix(n, k) $(|state.left = state.left - 1|if k == 3 then state.left = 7 n = n + 1 state = {left = 2} end|state.left = state.left % 9) end
    $(state = {left = 0}|if state.left > 0 then state.left = 0 end)
    for k = 1, 9 do list[k] = k * r end
    for v, k in each(list) do n = mix(n, v) $(if k < 20 then list[k + 1] = v % 50 end if k == 12 then list[14] = nil end|list[k] = nil|if k == 5 then list[6] = nil end|list[#list] = nil) end
    for k = #list, 1, -1 do list[k] = nil end
    if r % 50 == 0 then say(r, n, #list) end
    if r == $(5|70|200) then $(take = nil|state = nil|take = function(s) return nil end|each = pairs|each = function(t) return next, t end|list = setmetatable({}, {__index = function(t, k) if k < 4 then return k end end})|state = setmetatable({}, {__index = {left = 3}})) end
    state = state or {left = 1}
  end
end, caught)) say(n)]]

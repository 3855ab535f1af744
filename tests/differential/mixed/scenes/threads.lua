-- Scenes of mixed.lua: coroutines in the midst of hot loops and functions. Nothing is yielded across what is a C call in the reference.

local scenes = ...

scenes.producers = [[
local n = 0
local function produce(m, from)
  $(for k = 1, m do local a, b = coroutine.yield(k, from) n = mix(n, a, b) end|local k = 0 while k < m do k = k + 1 coroutine.yield(k) end|for k, v in pairs {1, 2, 3, x = 4} do coroutine.yield(k, v) end|for k = m, 1, -1 do n = mix(n, YIELD(k, from)) if k % 5 == 0 then RELAY(k) end end|for k, v in ipairs(from) do local a = {coroutine.yield(v)} n = mix(n, #a) end|for k in ('abc'):rep(m):gmatch '%a' do coroutine.yield(k) end)
  return $('end'|'end', n|n|)
end
local function pull(co, ...) local ok, a, b = coroutine.resume(co, ...) n = mix(n, ok, a, b) return ok, a end
say(xpcall(function()
  for r = 1, $<20,100> do
    $E
    local co = coroutine.create(produce)
    local ok, a = pull(co, r % $<5,60>, $({5, 6, 7}|{r}))
    local turns = 0
    while coroutine.status(co) ~= 'dead' do turns = turns + 1 $(pull(co)|pull(co, turns)|pull(co, turns, 's')) if turns == $(1000|30|7) then break end end
    if r % 20 == 0 then say(r, n, turns, coroutine.status(co), pull(co)) end
    $(|for v in coroutine.wrap(function() return produce(5, {1}) end) do n = mix(n, v) if v == 'end' or v == n then break end end)
  end
end, caught)) say(n)]]

-- The same loop in several coroutines, on stacks that move.
scenes.several = [[
local n, all, t = 0, {}, {1, 2, 3, 'x', k = 5}
local function work(id, times)
  local mine, s, x = 0, 'a', $(1|'1'|{}|nil)
  for k = 1, times do
    $(mine = mix(mine, k, id)|mine = mine + k % 7|for i, v in ipairs(t) do mine = mix(mine, v) end|for i, v in pairs(t) do mine = mix(mine, i) if i == id then break end end|s = (s .. k):sub(-5) if s < 'm' then mine = mine + 1 end mine = mix(mine, s)|local c = function() mine = mine + k return mine end c()|if x == id then mine = mine + 1 end mine = mix(mine, #s, x == s))
    if k % $(3|10|100|1) == 0 then $(x = coroutine.yield(mine, k)|local a, b = coroutine.yield(mine) x = b|coroutine.yield(mine % 100)|YIELD(mine) x = id|x = RELAY(k)|deep(k * 5) coroutine.yield(deep(3))) end
    $(|if k == 40 then collect('step') end|if k == $<5,200> then error('in work ' .. id) end|if k == $<5,200> then stack(3) end|if k == $<5,200> then peek() end)
  end
  return 'done', mine
end
for k = 1, $<2,5> do all[k] = coroutine.create(work) end
say(xpcall(function()
  for r = 1, $<60,300> do
    $E
    for k = 1, #all do
      local ok, a, b = coroutine.resume(all[k], r == 1 and k or r, $<20,400>)
      n = mix(n, ok, a, b)
      if a == 'done' or not ok then if type(a) == 'string' then once(a) end $(all[k] = coroutine.create(work) coroutine.resume(all[k], k, 50)|) end
    end
    if r == 20 then $(t[2] = nil|t = {}|t = setmetatable({}, {__index = function(t, k) if k < 3 then return k end end})|collect()|all[1] = coroutine.create(function() error('other') end)) end
    if r % 30 == 0 then say(r, n) end
  end
end, caught)) say(n) for k = 1, #all do say(coroutine.status(all[k])) print(debug.traceback(all[k])) end]]

-- From far down in functions that call each other, and from functions with varargs.
scenes.down = [[
local n = 0
local function down(k, ...) if k == 0 then $(return coroutine.yield(n, ...)|local a, b = coroutine.yield(n) return a, b|return YIELD(k, ...)|local t = {coroutine.yield(...)} return #t, t[1]) end $(return down(k - 1, k, ...)|local a, b = down(k - 1, ...) return a, b|return (down(k - 1, k))|local a = down(k - 1, ...) n = mix(n, a) return a, k|for i = 1, 2 do n = mix(n, down(k - 1)) end return k) end
local co = coroutine.wrap(function(...)
  for r = 1, $<100,400> do
    $E
    n = mix(n, $(down(r % 4)|down(r % 5, r)|(down(2, ...))|down(1, 2, 3)|pcall(any, r), down(r % 3)))
    if r == $(9|90) then $(down = coroutine.yield|down = function(k) return k end|down = nil|coroutine.yield = any|down = function(...) coroutine.yield(...) return ... end|coroutine.yield('far', debug.traceback('here'))) end
  end
  return 'over'
end)
local yield = coroutine.yield
for r = 1, $<100,900> do local ok, a, b = pcall(co, r, 'v') n = mix(n, ok, a, b) if type(b) == 'string' then print(b) end if not ok then say(r, a) break end if a == 'over' then say(r, n) break end if r % 100 == 0 then say(r, n, a, b) end end
coroutine.yield = yield say(n)]]

-- Where it is not permitted.
scenes.forbidden = [[
local n = 0
local function tries(r) return $(pcall(coroutine.yield, r)|pcall(YIELD, r)|pcall(function() local a = coroutine.yield(r) return a end)|pcall(function() for k in coroutine.yield, 1 do n = k end end)|pcall(function() return setmetatable({}, {__index = coroutine.yield}).x end)|pcall(coroutine.resume, coroutine.running())|pcall(coroutine.wrap, r)|pcall(coroutine.resume, coroutine.create(type))|pcall(table.sort, {3, 1, 2}, coroutine.yield)) end
say(xpcall(function()
  for r = 1, $<300,1500> do
    $E
    local ok, m = tries(r) n = mix(n, ok, m) once(m)
    if r % 200 == 0 then say(r, n) end
  end
  $(coroutine.yield(1)|YIELD(2)|return coroutine.yield(3)|)
end, caught)) say(n)]]

-- Hooks of other coroutines, set from outside while they wait; each is taken away before its end.
scenes.hooked_threads = [[
local n, events = 0, 0
local function work() for k = 1, 1e9 do n = mix(n, k) $(local s = 'a' .. k % 9 if s < 'a5' then n = n + 1 end|for i, v in ipairs {1, 2} do n = n + v end|local t = {k} n = n + #t|n = mix(n, any(k)))
  if k % 50 == 0 then coroutine.yield(k) end end end
local all = {coroutine.create(work), coroutine.create(work)}
local function hook(e, l) events = (events * 3 + #e + (l and 1 or 0)) % 1000003 end
for r = 1, $<40,80> do
  local co = all[r % 2 + 1]
  if r % 10 == 5 then debug.sethook(co, hook, $('l'|'cr'|''|'c'|'r'|'crl'), $(0|1|7|100)) elseif r % 10 == 8 then debug.sethook(co) end
  say(r, coroutine.resume(co)) say(n, events)
end
for k = 1, 2 do debug.sethook(all[k]) say(coroutine.status(all[k])) print(debug.traceback(all[k])) end]]

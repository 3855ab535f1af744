-- Scenes of mixed.lua: hooks that come and go in hot code, and functions that look at the frames of their callers and change them.

local scenes = ...

local work = [[
local n, seen = 0, 0
local C = setmetatable({}, {__index = function(t, k) return num(k) % 5 end, __call = function(self, ...) return ... end}) C.__index, C.__add, C.__lt, C.__concat = C, function(a, b) return VAL(a) + VAL(b) end, function(a, b) return VAL(a) < VAL(b) end, function(a, b) return 'cat' end
local o, s, t = setmetatable({x = 2}, C), 'text', {1, 2, 3, k = 4}
]]
local turn = "$(n = mix(n, o + r, o.y)|if o < o then n = n + 1 else n = mix(n, 'a' .. o) end|for k, v in pairs(t) do n = mix(n, k, v) end|for k, v in ipairs(t) do n = n + v if k == 2 then break end end|n = mix(n, s:sub(r % 4), s:byte())|n = mix(n, select('#', any(r, n)), unpack(t))|local c = function() n = n + 1 return r end n = mix(n, c())|local u = {r, any(r)} n = mix(n, #u)|n = mix(n, C(r, 2), type(o))|local ok, m = pcall(error, 'e') n = mix(n, m)|if s < 'u' .. r % 3 then n = n + 2 end|n = mix(n, -(r - 1), '2' + r))"

scenes.hooks = work .. [[
local log = {}
local function hook(e, l) seen = seen + 1 if #log < 40 then local i = debug.getinfo(2, 'nSl') log[#log + 1] = e .. ':' .. tostring(l) .. ':' .. tostring(i.name) .. ':' .. i.what .. ':' .. i.currentline end end
local function on() debug.sethook(hook, $('l'|'cr'|''|'c'|'r'|'crl'|'l'), $(0|1|13|100)) end
local function f(r) if r == $(6|1200) then on() elseif r == $(20|1230) then debug.sethook() end $(return r|return r, n|return any(r)) end
say(xpcall(function()
  for r = 1, $<1000,1800> do
    if r == $(4|1100|700) then $(on()|hooked('', $(1|10))|hooked('l', 0)|on() deep(10)) elseif r == $(9|1104|760) then debug.sethook() $(|say(seen)) end
    n = mix(n, f(r))
    ]] .. turn .. [[

    ]] .. turn .. [[

  end
end, caught)) debug.sethook() say(n, seen, table.concat(log, ' '))]]

scenes.looks = work .. [[
local function look(r)
  if r ~= $(7|1150) and r % $(400|333) ~= 0 then return 1 end
  local list = {}
  for level = 1, $<1,4> do
    local i = debug.getinfo(level, 'nSlu') if not i then break end
    list[#list + 1] = tostring(i.name) .. ' ' .. i.namewhat .. ' ' .. i.what .. ' ' .. i.currentline .. ' ' .. i.nups
    if i.what == 'Lua' and level > 1 then local k = 1 while k < 12 do local name, v = debug.getlocal(level, k) if not name or name == '(*temporary)' then break end list[#list + 1] = name .. '=' .. show(v) k = k + 1 end end
  end
  print(table.concat(list, ', ')) $(|stack(4)|print(debug.traceback('look', $<1,2>)))
  return 2
end
local function between(r, ...) $(return look(r)|local a = look(r) return a, ...|return (look(r))) end
local D = setmetatable({}, {__index = function(t, k) return look(k) end, __add = function(a, b) return look(b) end, __lt = function(a, b) look(n % 1000) return true end, __call = function(self, k) return between(k) end, __newindex = function(t, k, v) look(k) end})
say(xpcall(function()
  local a, b = 1, 'b'
  for r = 1, $<1000,1500> do
    n = mix(n, $(look(r)|between(r, 1)|D[r]|D + r|D(r)|pcall(look, r)|any(look(r), a)))
    $(|D[r] = 1|if D < D then n = n + 1 end|a = r % 7|for k, v in (function(s, k) if k < 1 then return k + look(r) end end), nil, 0 do n = mix(n, k) end)
    ]] .. turn .. [[

  end
end, caught)) say(n)]]

scenes.changes = work .. [[
local values = {7, '8', 0.5, 'x', o, nil, NAN, t}
local turns = 0
local function change(level, name) turns = turns + 1 if turns % $(300|97|500) == 5 then say(name, poke_at(level, name, values[turns % $<1,8> + 1])) end return turns % 5 end
local function f(a, ...) local b = a $(change(2, '$(a|r|x|w|k|v)')|change(1, '$(a|b)')|any(change(3, 'x'))) return b, a end
local E = setmetatable({x = 1}, {__add = function(a, b) change(2, '$(x|w|a)') return 1 end, __index = function(t, k) change(2, 'w') return 3 end, __lt = function(a, b) return change(2, 'x') > 2 end})
say(xpcall(function()
  local x, w = $(1, 2|'1', 2|o, o|1, o|E, 1), 0
  for r = 1, $<1000,2000> do
    $(n = mix(n, f(r), x)|n = mix(n, E + 1, x, w)|n = mix(n, E.q, w)|if E < E then n = mix(n, x) end|for k, v in pairs(t) do f(v) n = mix(n, v, x) end|local c = function() return x, w end n = mix(n, f(1), c())|w = w + 1 n = mix(n, f(r), w)|if x == w then n = n + 1 end change(2, 'x'))
    $(x = x|if type(x) ~= 'number' then x = 1 end|w = x|if x ~= nil and x == x then n = mix(n, x == 1) end|if type(w) ~= 'number' then w = 0 end)
    if type(w) ~= 'number' then w = 1 end
    if r % 400 == 0 then say(r, n, x, w) end
  end
end, caught)) say(n, turns)]]

-- Environments and upvalues that are changed from outside.
scenes.outside = work .. [[
local up, env = 1, getfenv(1)
function GF(r) return r + 1 end
local function f(r) $(up = up + 1 return up % 9|return GF(r), up|GV = r return GV, type(r)|return tostring(up), #tostring(r)) end
say(xpcall(function()
  for r = 1, $<1200,2000> do
    $E
    if r == $(6|1100|1200) then $(debug.setupvalue(f, 1, '5')|setfenv(f, {GF = function(r) return 'env' end, type = function() return 'own' end, tostring = any})|setfenv(f, setmetatable({}, {__index = function(t, k) return env[k] end, __newindex = function(t, k, v) rawset(env, k, 'set') end}))|GF = nil|GF = type|GF = setmetatable({}, {__call = function(self, r) return r end})|debug.setupvalue(f, 1, nil)|setmetatable(env, {__index = function(t, k) return k end})|debug.setmetatable(f, {__call = 1, __index = function() return 2 end})) elseif r == $(9|1260) then setfenv(f, env) end
    n = mix(n, f(r))
    ]] .. turn .. [[

    if r % 300 == 0 then say(r, n, up) end
  end
end, caught)) say(n, rawget(env, 'GV')) setmetatable(env, nil) GF, GV = nil]]

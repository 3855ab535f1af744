-- Scenes of mixed.lua: functions with varargs, builtins, errors that are caught, closures made in loops.

local scenes = ...

scenes.varargs = [[
local n = 0
local function v0(...) return ... end
local function v1(a, ...) return $(..., a|a, ...|select('#', ...), a|...) end
local function v2(...) local a, b = ... $(return b, a|if a then return a, ... end return b|return v1(b, ...)|local t = {...} return #t, unpack(t)|return v0(v0(...))|return (v1(...))|return select(2, ...)|return pcall(v1, ...)) end
local function v3(...) $(local s = 0 for k = 1, select('#', ...) do s = mix(s, (select(k, ...))) end return s|local s = 0 for k, x in ipairs {...} do s = mix(s, k, x) end return s, ...|return mix(1, ...)|return math.max(3, count(...))|return tostring((...))) end
local function fixed(a, b) return $(a|b, a|v0(a, b)|v3(b)|v1(a, b, a)|unpack({a, b}, 1, 2)|select(1, a, b)) end
say(xpcall(function(...)
  for r = 1, $<1200,2500> do
    $E
    if r == $(5|1250|1500) then $(v0 = any|v1 = v0|v2 = nil|v3 = select|v1 = type|v0 = setmetatable({}, {__call = function(self, ...) return ... end})|fixed = v3|v1 = function() end|v3 = error) end
    n = mix(n, $(v0(r)|v0(r, nil)|v1(r, 2, nil)|v2(v1(r, n))|v3(v2(r, 's'), v0())|fixed(v0(r, 1, 2))|v3(v0(unpack({1, 2, 3, 4}, 1, r % 5)))|(v2(r, r))|v1()|v0(...)|v2(...), v1(r)|select('#', v2(v0(r, ...)))|v3(select(r % 3 + 1, 1, 2, 3))))
    $(|local t = {v1(r, 5)} n = mix(n, #t)|local a, b, c = v2(r, 1) n = mix(n, c, b)|local t = {v0(r), v0(1, 2), x = v1(3)} n = mix(n, #t, t.x)|local function c(...) return v2(...) end n = mix(n, c(r))|if v0() then n = n + 1 end|n = mix(n, #{v0(unpack({1, nil, 3}, 1, 3))} > 0))
    if r % 400 == 0 then say(r, n) end
  end
end, caught, 1, 'two')) say(n)]]

scenes.tails = [[
local n, kept = 0, {}
local function a(x, ...) $(return b(x, ...)|return any(x, ...)|return type(x)|return select('#', ...)|return pcall(any, x, ...)|return b(x)|return (b(x, 1))|return tostring(x == nil)|return unpack({x, ...})|return rawget({5, 6}, x)|return math.max(num(x), 3)|return setmetatable({x = x}, kept)|return string.sub('abcdef', num(x) % 5)|return next({x}))  end
function b(x, ...) $(return x, ...|return count(x, ...)|return a2(x)|if x == 1300 then error('at b', $<0,3>) end return x|if x == 1300 then stack(5) end return x|if x == 1300 then print(debug.traceback('b')) end return x) end
function a2(x) return any(x, x) end
local function loop(k) if k == 0 then return a(k, 'end') end return loop(k - 1) end
say(xpcall(function()
  for r = 1, $<1200,2500> do
    $E
    if r == $(5|1260) then $(b = nil|b = type|a2 = nil|a = any|b = function(...) return a2(...) end|b = error|a = pcall) end
    n = mix(n, $(a(r)|a(r, 2, 3)|a(a(r))|loop(r % 5)|(a(r, r))|a(r, a(1))))
    if r % 400 == 0 then say(r, n) end
  end
end, caught)) say(n) a2, b = nil]]

scenes.strings = [[
local n, s = 0, $('hello world'|'10'|('ab'):rep(30)|''|'a1b2c3d4'|'x')
local sub, byte, find, len, rep = string.sub, string.byte, string.find, string.len, string.rep
say(xpcall(function()
  for r = 1, $<1200,2500> do
    $E
    if r == $(6|1250|1300) then $(s = 12345|s = nil|s = 'another'|sub = byte|sub = nil|s = setmetatable({}, {__index = string, __len = function() return 3 end})|find = function() return 1, 2, 3 end|s = 5.5|string.own = function(s, n) return n end|s = {}) elseif r == $(12|1280) then s, sub = 'back', string.sub end
    n = mix(n, $(s:sub(r % 9, -2)|s:byte(r % 5 + 1)|sub(s, r % 7)|byte(s, 1, 3)|s:find('b', r % 4, true)|find(s, '%d')|s:len() + #s|s:rep(r % 3)|s:upper():lower()|s:match('(%a)(%d)')|s:gsub('%a', '%0%0')|('%s-%d'):format(s, r)|s:reverse():sub(1, 2)|tostring(r):byte(-1)|s .. r == r .. s|s:sub(1, 1) == 'h'|#s:sub(2), s < 'm'|s:byte(-1, -1), s:sub(-3, -2)))
    $(|if s:sub(r % 5, r % 5) == 'l' then n = n + 1 end|for c in s:gmatch('.') do n = mix(n, c) if n % 3 == 0 then break end end|local c = s:byte(r % 9 + 1) if c and c > 100 then n = n + c end|n = n + #s|local ok, m = pcall(s.sub) n = mix(n, m)|local ok, m = pcall(string.rep, s, -r, r) n = mix(n, ok))
    if r % 400 == 0 then say(r, n) end
  end
end, caught)) say(n) string.own = nil]]

scenes.caught = [[
local n, k = 0, 0
local function f(a, b) $(return a.x.y|return a + b|return a .. b|return a < b|return a(b)|return #a|return a:m(b)|return -a|error('f')|error('f', 2)|error('f', 0)|error({})|error()|error(nil, 2)|local t = {} t[a] = b t[nil] = 1|return g.h|undefined(a)|for i = a, b do k = k + i end return k|return ('x'):rep(a):bad()|assert(a == b, 'differ')|assert(false)|assert(nil, {})|return string.sub()|return math.floor(b)|return setmetatable(a, b)|return select(0, b)|return ipairs()|for i in a do k = k + 1 if k % 50 == 0 then break end end|return a <= b, a[b]) end
local function wrap(...) $(return f(...)|local a, b = f(...) return b, a|return (f(...))|local ok, m = pcall(f, ...) if not ok then error(m, $<0,2>) end return m|return pcall(f, ...)) end
local values = {1, 'a', nil, {x = {y = 2}}, 2.5, '10', true, say, $({}|setmetatable({}, {__index = function(t, k) error('index ' .. tostring(k)) end})|setmetatable({}, {__add = function() return 3 end, __lt = function() error('lt', 2) end, __call = function(self, ...) return ... end}))}
say(xpcall(function()
  for r = 1, $<800,1600> do
    $E
    local a, b = values[r % $(3|9|1) + 1], values[r % $(4|9|2) + 1]
    local ok, m, m2 = $(pcall(f, a, b)|pcall(wrap, a, b)|pcall(function() return f(a, b) end)|xpcall(function() return wrap(a, b) end, $(any|function(m) return m, 1 end|function(m) return type(m) end|debug.traceback|nil))|pcall(pcall, f, a, b)|pcall(wrap, b, a))
    n = mix(n, ok, $(m|m, m2|type(m)))
    $(if not ok then once(m) end|once(m)|once(type(m) == 'string' and m:sub(1, 60) or m))
    if r % 200 == 0 then say(r, n, k) end
  end
end, caught)) say(n)]]

scenes.closures = [[
local n, kept = 0, {}
local function call(f, ...) return f(...) end
say(xpcall(function()
  for r = 1, $<1000,2000> do
    $E
    local a, b = r % 7, 0
    local function inc(d) $(a = a + d return a|b = b + a + d return b, a|local c = a a = d return c|n = n + d return n|a, b = b, a + d return a) end
    local get = function() return $(a, b|a|b, r|n % 7, a) end
    n = mix(n, $(inc(1)|call(inc, 2)|inc(get())|get(), inc(1)|call(get), a|(inc(3))))
    $(a = a * 2 n = mix(n, get())|b = 5 n = mix(n, call(get))|kept[r % 5] = get|kept[r % 5] = inc|for i = 1, 2 do local c = i kept[i] = function(d) c = c + num(d) return c, i end end)
    local f = kept[r % 5] if f then n = mix(n, f(r % 3)) end
    $(|if r == 900 then a = 'text' end|if r == 900 then poke('a', '7') end|do local x = r local function set(v) x = v end set(n) n = mix(n, x) end|if a > 5 then local z = a kept[6] = function() z = z + 1 return z end else n = n + 1 end|while true do local w = a kept[7] = function() return w end if w >= 0 then break end end)
    if r % 300 == 0 then say(r, n, a, b) end
  end
end, caught)) say(n) for k = 1, 7 do if kept[k] then say(k, pcall(kept[k], 1)) end end]]

scenes.tables = [[
local n, G = 0, 0
local C = {} C.__index = C
function C.new(x) $(return setmetatable({x = x}, C)|local o = {} o.x = x return setmetatable(o, C)|return setmetatable({x = x, y = 1, 2, 3}, C)) end
function C:m(d) $(self.x = self.x + d return self|return self.x, d|self[d % 3] = d return #self|G = G + 1 return G) end
C.__tostring = function(t) return 'C' .. t.x end
say(xpcall(function()
  for r = 1, $<1000,2000> do
    $E
    if r == $(7|1050) then $(C.m = nil|C.m = rawget|C.new = function(x) return {x = x} end|C.__index = function(t, k) return function() return k end end|C.new = nil|C.__metatable = 'locked'|C.m = function(self) return self.none.none end|C.__tostring = function() return 5 end) end
    local o = C.new(r % 9)
    n = mix(n, $(o:m(1)|o:m(r), rawget(o, 'x')|tostring(o)|getmetatable(o) == C, o.x|type(o), o:m(2)|o.x, o[1], #o|next(o), o:m(3)|o.m == C.m|rawequal(o, o), rawset(o, 'z', r).z|select('#', o:m(1), o:m(2))|pcall(setmetatable, o, {})))
    local t = $({o.x, r, n}|{x = r, n, n}|{any(r, n)}|{[r % 5] = 1, 2}|{}|{{r}, {o}})
    t[#t + 1] = $(r|o|nil|'s')
    n = mix(n, #t, $(t[1]|unpack(t)|table.concat({r, n}, ',')|table.remove(t)|t.x|table.insert(t, 1, r)|rawget(t, 2)|next(t) ~= nil))
    if r % 300 == 0 then say(r, n, G) end
  end
end, caught)) say(n, G)]]

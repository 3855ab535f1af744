-- Scenes of mixed.lua: operands that become of another kind, and metamethods.

local scenes = ...

local class = [[
local C = {} C.__index = $(C|nil|function(t, k) return VAL(k) end|{y = 4, x = 1}|setmetatable({}, {__index = function(t, k) return #k end}))
local G = 0
local function O(x) return setmetatable({x = x}, C) end
]]

-- Numbers, then texts, then objects: compared in every form.
scenes.kinds = class .. [[
$(C.__lt = function(a, b) return a.x < b.x end|C.__lt = function(a, b) G = G + 1 return VAL(a) < VAL(b), 1 end|C.__lt = function(...) local a, b = ... return a.x < b.x end|C.__lt = function(a, b) deep(200) if G == 9 then error('in lt') end G = G + 1 return VAL(a) < VAL(b) end)
$(|C.__le = function(a, b) return a.x <= b.x end|C.__le = function(a, b) return nil end|C.__le = rawequal|C.__le = function(a, b) G = G + 1 if G == $<3,900> then stack(4) end return a.x <= b.x end)
C.__eq = $(nil|rawequal|function(a, b) return a.x == b.x end|function(a, b) return VAL(a) - VAL(b) end|function() end)
local all = {{1, 2}, {2, 1}, {'a', 'b'}, {'b', 'a'}, {'10', '9'}, {'', 'a'}, {'x\0a', 'x\0b'}, {O(1), O(2)}, {O(2), O(1)}, {O(3), O(3)}, {0.5, NAN}, {NZ, 0}, {INF, 1}, $({1, '1'}|{O(1), 2}|{{}, {}}|{nil, nil}|{true, false}|{O(1), userdata(C)}|{'a', nil}), {say, say}}
local function f(a, b)
  $(if a < b then return 1 elseif a == b then return 2 end return 3|return a < b, a <= b, a == b|if not (a <= b) then return 'no' end return a ~= b|local n = 0 while a < b and n < 3 do n = n + 1 end return n|local n = 0 repeat n = n + 1 until a >= b or n > 3 return n|return a > b and a or b == a and 1 or 2|return (a < b) == (b > a))
end
local n, seen = 0, 0
local function run(pairs_of, times)
  for r = 1, times do
    $E
    local p = all[pairs_of]
    local a, b = p[1], p[2]
    $(if a < b then n = n + 1 else n = mix(n, 2) end|n = mix(n, f(a, b))|n = mix(n, a == b, f(b, a))|n = mix(n, f(a, b)) if a ~= b then n = n + 1 end|local c = f(a, b) n = mix(n, c, a <= b)|if f(a, b) then n = n % 1000 + 1 end)
    if r % 700 == 0 then say(r, n) end
  end
end
for k = 1, #all do
  local ok, m = xpcall(function() return run(k, k < 4 and $<900,2500> or $<3,400>) end, $(caught|debug.traceback|function(m) return m end))
  print(tostring(ok), tostring(m)) say(n, G) unswap() unhooked()
end]]

-- One loop in which the two change.
scenes.changing = class .. [[
for _, e in ipairs {'lt', 'le', 'eq', 'add', 'sub', 'concat', 'unm'} do C['__' .. e] = $(function(a, b) G = G + 1 return VAL(a) + VAL(b) end|function(a, b) return VAL(a) < VAL(b) end|function(...) return select('#', ...) end|function(a, b) return O(VAL(a)) end|rawequal|function(a, b) if G > $<10,2000> then error(e) end G = G + 1 return 1 end) end
local a, b, n = $(1, 2|'a', 'b'|O(1), O(2)|0.5, 1|'10', '20'|'x', 'x'), 0
local later = {{1, 2}, {'a', 'b'}, {O(1), O(2)}, {'5', 3}, {NAN, 1}, {2, O(3)}, {O(1), 'a'}}
local function change(k) local p = later[k] a, b = p[1], p[2] end
say(xpcall(function()
  for r = 1, $<1500,3000> do
    if r == $(7|900|1300) then change($<1,5>) elseif r == $(20|1400|1450) then change($<1,7>) elseif r == $(40|1480|2000) then a, b = $(nil, nil|{}, {}|1, 'a'|O(1), O(2)|O(1), 1|true, 1) end
    $E
    n = mix(n, $(a < b|a <= b, a == b|a + b|a - 1, b|a .. b|-a|a == b, a ~= b|a + b, a .. b|not (a < b)|a < b and a or b))
    $(|local c = function() $(a = a|return a|b = b return b) end c()|if a == b then n = n + 1 end|if a < b then n = n * 2 % 1000 end|if r % 500 == 0 then say(r, n) end)
  end
end, caught)) say(n, G)]]

-- Chains of tables and functions.
scenes.chains = [[
local G = 0
local base = $({x = 1, y = 2, f = function(self, n) return self.x, n end}|setmetatable({x = 1, f = function(self, ...) return ... end}, {__index = function(t, k) G = G + 1 return G % 7 end})|setmetatable({f = rawget}, {__index = function(t, k) return rawget(t, k) or #tostring(k) end}))
local mid = setmetatable({$(|y = 5|m = 3)}, {__index = $(base|function(t, k) return base[k] end|function(...) local t, k = ... return base[k] end), __newindex = $(base|function(t, k, v) rawset(t, k, v) G = G + 1 end|nil)})
local top = setmetatable({}, {__index = $(mid|mid|function(t, k) return mid[k], 1 end), __newindex = $(mid|mid|rawset|function(t, k, v) G = G + 1 rawset(mid, k, v) end|nil)})
local o, n = setmetatable({}, {__index = top, __newindex = $(top|nil)}), 0
local function get(t, k) return $(t[k]|t.x|t.y, t[k]|t:f(k)) end
local function set(t, k, v) $(t[k] = v|t.q = v|t[k], t.z = v, k|t.x = v) end
say(xpcall(function()
  for r = 1, $<1500,3000> do
    $E
    if r == $(8|1700|2200) then $(getmetatable(top).__index = nil|getmetatable(mid).__index = function(t, k) error('late ' .. k) end|base.x = nil|base.f = nil|getmetatable(o).__index = {f = function() return 'other' end, x = 2}|setmetatable(o, nil)|o.x = 9|rawset(mid, 'f', tostring == nil and 1 or type)|getmetatable(top).__newindex = function(t, k, v) error('new ' .. k, 2) end|base.y = {}) end
    n = mix(n, $(o.x|o.y, o.x|o[r % 5]|o:f(r)|o['k' .. r % 9]|get(o, r % 3)|get(o, 'x'), get(base, 'y')|(o:f(r))))
    $(o[r % 9] = r|o.z = r|set(o, r % 5, n)|set(o, 'q', r) n = n + (tonumber(o.q) or 0) % 7|o.q, o.w = r, n|)
    if r % 600 == 0 then say(r, n, G) end
  end
end, caught)) say(n, G) dump('mid', mid) dump('o', o) dump('base', base)]]

-- Arithmetic of objects, vectors and numbers that are texts.
scenes.vectors = [[
local V, G, type = {}, 0, type
local function new(x, y) return setmetatable({x = x, y = y}, V) end
V.__index = V
V.__add = $(function(a, b) return new(a.x + b.x, a.y + b.y) end|function(a, b) if type(b) == 'number' then return new(a.x + b, a.y + b) end return new(a.x + b.x, a.y + b.y) end|function(...) local a, b = ... return new(a.x + b.x, a.y + b.y) end)
V.__mul = $(function(a, b) if type(a) == 'number' then return new(a * b.x, a * b.y) elseif type(b) == 'number' then return new(a.x * b, a.y * b) end return a.x * b.x + a.y * b.y end|function(a, b) G = G + 1 return new(VAL(a) * VAL(b), 1) end)
V.__unm = $(function(a) return new(-a.x, -a.y) end|function(a, b) return new(-a.x, rawequal(a, b) and 1 or 0) end)
V.__concat = function(a, b) return $('v' .. VAL(a) .. VAL(b)|new(VAL(a), 2)|(type(a) == 'table' and a.x or a) .. ':' .. (type(b) == 'table' and b.x or b)) end
V.__call = $(function(self, n) return self.x + (n or 0) end|function(self, ...) return ... end|function(self, n, ...) if n == 1200 then error('called') end return n end)
V.__eq = function(a, b) return a.x == b.x end V.__lt = function(a, b) return a.x < b.x end V.__le = function(a, b) return a.x <= b.x end
$(V.__mod = function(a, b) return VAL(a) % VAL(b) end|V.__mod, V.__div, V.__pow = V.__mul, V.__mul, V.__mul|V.__len = function() return 5 end)
local v, w, n, s = new(1, 2), new(0.5, -1), 0, '10'
say(xpcall(function()
  for r = 1, $<1200,2500> do
    $E
    if r == $(6|1250|1600) then $(v = 5|w = '7'|V.__add = nil|V.__add = function(a, b) return VAL(a) + VAL(b) end|V.__mul = type|setmetatable(w, nil)|w = userdata(V)|V.__call = nil|V.__concat = nil|s = 'x'|s = '0x10'|V.__eq = nil|V.__lt = function() error({}) end|w = new('5', 1)) end
    local u = $(v + w|v * 2 + w|-v|w + v + v|v + -w|v * 0.5)
    n = mix(n, u, $(v * w|v(r)|v .. r|r .. v .. '!'|v == w, v < w|s + r|v <= w|v.x + w.x|s * 2, '2' ^ 2|#s + 1|-s|r .. s .. r|v .. v .. v))
    if r % 50 == 0 then v = $(new(1, r)|new(r % 7, 2)|u) end
    if r % 400 == 0 then say(r, n, type(u)) end
  end
end, caught)) say(n, G)]]

-- Texts: built, taken apart, compared.
scenes.texts = [[
local n, s, t = 0, $('abc'|'10'|''|'x\0y'), {}
local function f(a, b) $(return a .. b|return a .. b .. a|if a < b then return a end return b|return #a, #b|return (a .. b):sub(-9)|return a == b|return a:byte(1, -1)) end
say(xpcall(function()
  for r = 1, $<1200,2500> do
    $E
    if r == $(4|1300|1700) then s = $(5|'longer than before'|nil|{}|setmetatable({}, {__concat = function(a, b) return 'cat' end, __lt = function() return 1 end, __index = string})|'') elseif r == $(30|1750) then s = 'again' end
    local k = $('k' .. r % 13|tostring(r)|r .. ''|('%03d'):format(r % 200)|string.char(97 + r % 26)|s .. r % 5|'a' .. r % 3 .. s .. 1.5)
    t[r % 20] = k
    $(if k < s then n = n + 1 end|if k == s or k >= 'k5' then n = n + 2 else n = mix(n, k) end|n = mix(n, f(k, s))|n = mix(n, k:sub(2), k:byte(), #k)|n = mix(n, k:find('%d'), k:len())|n = mix(n, f(s, k), k <= s)|n = mix(n, (k:gsub('%d', '<%0>')))|n = mix(n, k + 0 == nil, -k)|n = mix(n, table.concat(t, ',', 1, r < 20 and r - 1 or 19)))
    if r % 300 == 0 then say(r, n, k) end
  end
end, caught)) say(n, s)]]

-- Callees of every number of parameters and results, plain, with varargs and tail calls, closures and builtins, exchanged at call sites of all kinds.

local out, n = {}, 0
local cands = {}
for np = 0, 4 do for va = 0, 1 do for nr = 0, 3 do
  local ps = {} for i = 1, np do ps[i] = 'p' .. i end if va == 1 then ps[#ps + 1] = '...' end
  local rs = {} for i = 1, nr do rs[i] = (i <= np and 'p' .. i) or tostring(i * 10) end if va == 1 and nr == 3 then rs[3] = '...' end
  for _, style in ipairs{'', 'tail', 'local', 'closure'} do
    local body
    if style == '' then body = 'return ' .. table.concat(rs, ', ')
    elseif style == 'tail' then body = 'return any(' .. table.concat(rs, ', ') .. ')'
    elseif style == 'local' then body = 'local x, y = 1, ' .. (rs[1] or 'nil') .. ' if y then x = y end return ' .. table.concat(rs, ', ')
    else body = 'local q = function() return n end return q, ' .. (rs[1] or '1') end
    cands[#cands + 1] = loadstring('local any, n = ... return function(' .. table.concat(ps, ', ') .. ') ' .. body .. ' end')(function(...) return ... end, 5)
  end
end end end
cands[#cands + 1] = print and math.abs cands[#cands + 1] = type cands[#cands + 1] = select cands[#cands + 1] = setmetatable({}, {__call = function(self, a) return a, 3 end}) cands[#cands + 1] = 5 cands[#cands + 1] = coroutine.wrap(function(a) while true do a = coroutine.yield(a, 1) end end)
cands[#cands + 1] = rawequal cands[#cands + 1] = unpack cands[#cands + 1] = tostring cands[#cands + 1] = next
local function v(x) return type(x) == 'number' and x or type(x) == 'string' and #x or type(x) == 'nil' and 1 or 2 end
local function s(...) local t = 0 for i = 1, select('#', ...) do t = (t * 31 + v((select(i, ...)))) % 1000003 end return t end
local sites = {
  function(f, i) return f(i) end, function(f, i) local a, b = f(i, 2) return b, a end, function(f, i) return (f(i, 2, 3)) end, function(f, i) f(i) return i end,
  function(f, i) local t = {f(i, i)} return #t, t[1] end, function(f, i) return f(f(i)) end, function(f, i) return i, f(f(i, 1), f()) end, function(f, i, ...) return f(...) end,
  function(f, ...) return f(..., 1) end, function(f, i) for a, b in f, i, i % 2 == 0 and 1 or 2 do return a, b end end, function(f, i) local ok, a, b = pcall(f, i, 2) return a, b, ok end, function(f, i) return pcall(f, i) end, function(f, i) if f(i, 1) then return 1 end return 0 end,
  function(f, i) local o = setmetatable({}, {__index = f}) return o.x, o[i] end, function(f, i) local o = setmetatable({}, {__add = f, __unm = f, __concat = f}) return o + i, i + o, -o, o .. i end, function(f, i) local o = setmetatable({}, {__lt = f, __eq = f, __le = f}) local p = setmetatable({}, getmetatable(o)) return o < p, o == p, o <= p end,
  function(f, i) local o = setmetatable({}, {__call = f}) return o(i, 2) end, function(f, i) local o = setmetatable({}, {__newindex = f}) o.x = i o[i] = 2 return rawget(o, 'x') end, function(f, i) return select('#', f(i, i, i)), select(2, 0, f(i)) end,
}
for si, site in ipairs(sites) do
  local total = 0
  for ci = 1, #cands do
    local f = cands[ci]
    for i = 1, 40 do
      local r = s(pcall(site, f, i, 7, 8))
      total = (total * 7 + r) % 1000003
    end
  end
  -- alternating, in one loop
  for i = 1, 4000 do total = (total * 7 + s(pcall(site, cands[i % 97 % (i < 2000 and 1 or #cands) + 1], i, i % 3, 8))) % 1000003 end
  print(si, total)
end

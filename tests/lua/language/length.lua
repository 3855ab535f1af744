-- The border that # gives: arrays, holes, hash part, growth, removal; # of strings and others.
local T = dofile("support/show.lua")
print(#"", #"abc", #"a\0b", #("x"):rep(1000), #[[
x]])
for n = 0, 40 do local t = {} for i = 1, n do t[i] = i end assert(#t == n) end
for n = 1, 40 do local t = {} for i = n, 1, -1 do t[i] = i end assert(#t == n) end
for n = 0, 40 do local t = {} for i = 1, n do t[#t + 1] = i end assert(#t == n) for i = n, 1, -1 do t[#t] = nil assert(#t == i - 1) end end
-- with holes: the result is PUC's, by its array and hash sizes
local function holes(n, ...)
  local t = {}
  for i = 1, n do t[i] = i end
  local out = {}
  for i = 1, select("#", ...) do t[(select(i, ...))] = nil out[#out + 1] = #t end
  return table.concat(out, " ")
end
print(holes(8, 8), holes(8, 4), holes(8, 4, 8), holes(8, 1, 2, 3), holes(8, 5, 6, 7, 8), holes(10, 10, 9), holes(10, 5, 10), holes(16, 8, 16), holes(17, 17, 16), holes(3, 1), holes(3, 2), holes(3, 3, 1))
print(#{ nil }, #{ nil, nil, 3 }, #{ 1, nil, 3 }, #{ 1, 2, nil, 4 }, #{ nil, 2 }, #{ 1, nil }, #{ n = 1 }, #{ [1] = 1, [2] = 2, [4] = 4 }, #{ [2] = 2 }, #{ nil, nil, 3, nil, 5 }, #{ 1, 2, 3, nil, 5, nil })
for a = 0, 2 ^ 8 - 1 do
  local src, t = {}, {}
  for i = 1, 8 do local on = math.floor(a / 2 ^ (i - 1)) % 2 == 1 src[i] = on and i or "nil" if on then t[i] = i end end
  local c = loadstring("return {" .. table.concat(src, ",") .. "}")()
  local r = {}
  for i = 8, 1, -1 do if src[i] ~= "nil" then r[i] = i end end
  io.write(#c, #t, #r, a % 32 == 31 and "\n" or " ")
end
-- hash-only sequences, unbound search
local t = {}
for i = 1, 100 do t[i * 2] = i end
print(#t)
t = { [1] = 1 } for i = 2, 33 do t[i] = i t[i - 1] = i % 3 == 0 and nil or t[i - 1] end print(#t)
t = {} for i = 1, 64 do t[i] = true end for i = 33, 64 do t[i] = nil end print(#t) t[34] = 1 print(#t) t.x = 1 print(#t)
t = { 1, 2, 3 } t[5] = 5 print(#t) t[4] = 4 print(#t) t[7] = 7 t[8] = 8 print(#t)
t = setmetatable({ 1, 2 }, { __len = function() return 99 end }) print(#t)
for _, v in ipairs { false, 1, print } do T.try("len", function() return #v end) end
T.try("len nil", function() local n return #n end) T.try("len global", function() return #nosuch end) T.try("len field", function() local q = {} return #q.x end)
local u = newproxy(true) getmetatable(u).__len = function() return 7 end print(#u)
T.try("len proxy", function() return #newproxy() end)
-- insert, remove and unpack follow #
t = { 1, 2, nil, 4 } print(table.getn(t), #t, unpack(t)) table.insert(t, "x") print(#t) print(table.remove(t), #t)

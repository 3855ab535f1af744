-- rings: states made and closed by a module inside this one, values handed across, each with a collector of its own.
local rings = require "rings"
local S = rings.new()
print(S:dostring "return 1, 'two', true, nil, 4.5") print(S:dostring("local a, b = ... return b, a", 1, "x")) print(S:dostring "return #arg, ...") print(S:dostring("x = = 1")) print(S:dostring "error 'inside'") print(S:dostring "local t t.x = 1")
master_value = { n = 5 } function answer(x) return x * 2, "from the master" end
print(S:dostring [[return remotedostring("return master_value.n, answer(21)")]]) print(S:dostring [[return remotedostring("error 'outside'")]]) print(S:dostring [[return remotedostring("y = = 2")]])
print(S:dostring "kept = 41") print(S:dostring "kept = kept + 1 return kept") print(kept)
local T = rings.new { hidden = 1 } print(T:dostring "return kept, _VERSION")
local all = {} for i = 1, 60 do all[i] = rings.new() all[i]:dostring("n = ... t = {} for i = 1, 200 do t[i] = { i, tostring(i) } end", i) end
local sum = 0 for i = 1, 60, 2 do sum = sum + select(2, all[i]:dostring "collectgarbage() return n + #t") all[i]:close() end print(sum)
all = nil collectgarbage() collectgarbage()
print(S:dostring [[local c = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(select(2, remotedostring("return answer(" .. i .. ")"))) end end) return c(), c(), c()]])
print(pcall(S.close, S)) print(pcall(S.dostring, S, "return 1")) print(pcall(rings.dostring))

-- Arrays and strings of some kilobytes that come and go, in all sizes: none gets the bytes of another.
local function check(live)
  for _, e in pairs(live) do
    local s, t, n = e[1], e[2], e[3]
    assert(#s == n and s:sub(1, 1) == s:sub(-1) and not s:find("[^" .. s:sub(1, 1) .. "]"))
    for i = 1, #t do assert(t[i] == n + i) end
  end
end

for _, sizes in ipairs { { 300, 900 }, { 3000, 1500 }, { 20000, 50000 }, { 100000, 60000 } } do
  local live, sum = {}, 0
  for round = 1, 400 do
    local n = sizes[1] + round * 7919 % sizes[2]
    local s = string.char(97 + round % 26):rep(n)
    local t = {}
    for i = 1, n % 1200 do t[i] = n + i end
    for i = 1, round % 40 do t["k" .. i] = round end
    if round % 9 == 0 then live[round % 20] = { s, t, n } end
    sum = sum + #s + #t
    if round % 100 == 0 then
      check(live)
      collectgarbage(round % 200 == 0 and "collect" or "step")
    end
  end
  check(live)
  print(sum, #live)
end

-- What they took is no longer counted.
collectgarbage() collectgarbage()
local before = collectgarbage("count")
for i = 1, 500 do local s = ("x"):rep(5000 + i) local t = {} for j = 1, 600 do t[j] = j end end
collectgarbage()
print(collectgarbage("count") - before < 10)

-- A list, a text and a stack that grow by doubling while others shrink.
local function grow(n) local t = {} for i = 1, n do t[i] = i end return t end
local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
local total = 0
for i = 1, 60 do
  total = total + #grow(2 ^ (i % 14)) + #grow(700)
  total = total + coroutine.wrap(function() return deep(i * 20) end)()
  local parts = {} for j = 1, i * 10 do parts[j] = ("p"):rep(j) end
  total = total + #table.concat(parts)
end
print(total)

-- Strings that are made by appending, over and over: each of them stays what it was, whatever is made of it.

local function sum(s)
  local h = #s
  for i = 1, #s, 1 + math.floor(#s / 97) do h = (h * 31 + s:byte(i)) % 1000003 end
  return h
end

-- Every string of a chain, while the collector works.
local pieces, all, s = {}, {}, ""
for i = 1, 1500 do
  pieces[i] = (i % 7 == 0) and ("-"):rep(i % 50) .. i or "piece " .. i
  s = s .. pieces[i]
  all[i] = s
  if i % 100 == 0 then collectgarbage(i % 200 == 0 and "collect" or "step") end
end
assert(table.concat(pieces) == s)
for i = 2, #all do
  local before, now = all[i - 1], all[i]
  assert(#now == #before + #pieces[i])
  assert(now:sub(1, #before) == before and now:sub(#before + 1) == pieces[i])
  assert(before < now and not (now < before) and before <= now and before ~= now)
end
print(#s, sum(s), sum(all[40]), sum(all[700]))

-- Two that go on from the same one.
local trunk = all[200]
local left, right = trunk, trunk
for i = 1, 100 do
  left = left .. "L" .. i
  right = right .. "R" .. i
  assert(left ~= right and left:sub(1, #trunk) == trunk and right:sub(1, #trunk) == trunk)
end
assert(all[200] == trunk and all[201] == trunk .. pieces[201])
print(#left, sum(left), sum(right), left < right, right < left)

-- What is appended may be the string itself, or an older one; several at a time.
local double = all[30]
for _ = 1, 6 do double = double .. double .. all[31] .. double end
print(#double, sum(double))
local both = all[100]
for i = 1, 40 do both = both .. all[i] end
print(#both, sum(both))
local many = all[60]
for i = 1, 50 do many = many .. i .. "," .. i * 2 .. ";" end
print(#many, sum(many), many:sub(-20))

-- As keys, equal by their bytes however they were made.
local keys = {}
for i = 1, 1500, 50 do keys[all[i]] = i end
local again = ""
for i = 1, 1500 do
  again = again .. pieces[i]
  assert(keys[again] == (i % 50 == 1 and i or nil))
end
assert(again == s and rawequal(again, s) and keys[table.concat(pieces, "", 1, 51)] == 51)
local count = 0
for key, i in pairs(keys) do count = count + 1; assert(all[i] == key) end
print(count)

-- In the library.
print(s:find("piece 1499", 1, true), s:find("%d+$"), s:match("piece (%d+)$"), select(2, s:gsub("piece", "%0")))
print(sum(s:upper()), sum(s:reverse()), sum(s:rep(2)), sum(s:sub(100, -100)), s:byte(-3, -1))
print(sum(string.format("%s|%q", s, s)), string.format("%-12.5s|%012.3s|%.99s", s, s, all[300]))
print(tonumber(("0"):rep(200) .. "1"), tonumber(s), tonumber(s, 36), #tostring(s), type(s))
print(loadstring(all[300]), (loadstring("return '" .. all[300] .. "'")() == all[300]))
local chunk = "return 0"
for i = 1, 200 do chunk = chunk .. " + " .. i end
print(loadstring(chunk)(), assert(load(coroutine.wrap(function() coroutine.yield(chunk) end)))())
local name = "=" .. ("n"):rep(300)
for i = 1, 20 do name = name .. i end
print(pcall(assert(loadstring("error('here')", name))))
print(pcall(error, all[100] .. "!"))
print(select("#", pcall(string.rep, s .. "x", -1)))
local where, why = io.open(all[90] .. "/none")
print(where, why == all[90] .. "/none: " .. why:match("[^:]*$"):sub(2))
print(os.getenv(all[200]), (os.rename(all[90] .. "/a", all[91] .. "/b")), (os.remove(all[92] .. "/none")))
print(#os.date(all[20]:gsub("%%", "") .. all[21]))

-- A long piece behind a short string, a short one before a long string, nothing at all.
local x = "start"
for i = 1, 30 do x = x .. ("block"):rep(i * 10) end
print(#x, sum(x))
for i = 1, 30 do x = i .. x end
print(#x, sum(x))
for i = 1, 30 do x = x .. "" .. "" end
for i = 1, 30 do x = "" .. x .. "" .. i end
print(#x, sum(x))

-- In coroutines, by metamethods, as upvalues.
local texts = {}
local threads = {}
for t = 1, 5 do
  threads[t] = coroutine.wrap(function(mine)
    while true do
      mine = mine .. t .. "."
      texts[t] = mine
      coroutine.yield(mine)
    end
  end)
end
local common = all[50]
for _ = 1, 100 do
  for t = 1, 5 do common = #threads[t](common) % 2 == 0 and common or common .. t end
end
for t = 1, 5 do print(t, #texts[t], sum(texts[t])) end
local rope = setmetatable({ text = all[80] }, {
  __concat = function(a, b)
    if type(a) == "table" then a.text = a.text .. b; return a end
    b.text = a .. b.text; return b
  end,
})
for i = 1, 60 do rope = rope .. "<" .. i .. ">" end
rope = "front" .. rope
print(#rope.text, sum(rope.text))

-- Dropped, one after the other and all at once.
for i = 1, #all, 2 do all[i] = false end
collectgarbage()
for i = 2, #all, 2 do assert(#all[i] > 0 and all[i]:sub(1, 6) == "piece ") end
local middle = all[500]
all, left, right, both, many, double, s, again, keys = nil
collectgarbage()
collectgarbage()
print(#middle, sum(middle), sum(middle .. "more"))

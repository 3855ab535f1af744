-- Lists that hot code fills: by index, by the length, by table.insert, of any length and with a metatable; their sizes show in the order of what comes later.
local function shown(t)
  local words = {}
  for k, v in pairs(t) do words[#words + 1] = tostring(k) .. "=" .. tostring(v) end
  return table.concat(words, " ") .. " #" .. #t
end

for n = 0, 40 do
  local list, inserted, behind, named, nested
  for i = 1, 400 do
    list = {}
    for j = 1, n do list[j] = j * 2 end
    inserted = {}
    for j = 1, n do table.insert(inserted, j) end
    behind = {}
    for j = 1, n do behind[#behind + 1] = j end
    named = { 9 }
    named.name = 1
    for j = 2, n do named[j] = j end
    nested = {}
    for j = 1, n % 7 do nested[j] = { j }; nested[j][2] = i end
  end
  -- What is added now lies in the array part, or behind what is in the nodes.
  list[n + 3], inserted[n + 2], behind[n + 5], named[n + 2] = 1, 2, 3, 4
  print(n, shown(list), shown(inserted), shown(behind), shown(named), #nested, nested[1] and nested[1][2])
end

-- Metatables: told of what is new, but not by table.insert; or without a say.
local told = 0
local telling = { __newindex = function(t, k, v) told = told + 1; rawset(t, k, v * 10) end }
local t, u, w
for i = 1, 300 do
  t, u, w = setmetatable({ 1 }, telling), setmetatable({ 1 }, telling), setmetatable({ 1 }, {})
  for j = 2, 9 do t[j] = j; table.insert(u, j); w[j] = j end
end
print(told, shown(t), shown(u), shown(w))

-- Values that are nil, keys that are not the next, lists that were longer.
local sum = 0
for i = 1, 2000 do
  local s = {}
  for j = 1, 9 do
    s[j] = (i + j) % 11 ~= 0 and j or nil
    if i % 3 == 0 then s[j + 1] = j end
  end
  for j = 9, 4, -1 do s[j] = nil end
  for j = 1, 20 do s[j] = j end
  for k, v in pairs(s) do sum = (sum * 3 + k + v) % 1000003 end
  sum = sum + #s
end
print(sum)

-- Old lists, in the midst of collections.
local kept = {}
for i = 1, 30000 do
  local list = kept[i % 100 + 1]
  if not list or #list > 60 then list = {}; kept[i % 100 + 1] = list end
  list[#list + 1] = { i }
  table.insert(list, "s" .. i % 10)
  if i % 5000 == 0 then collectgarbage() end
end
local total = 0
for i = 1, 100 do for j = 1, #kept[i] do local v = kept[i][j]; total = total + (type(v) == "table" and v[1] or #v) end end
print(total)

-- string.char, rep, reverse, upper and lower around eight bytes; the same strings as any other way of making them.
local sum = 0
local function note(s)
  sum = (sum * 31 + #s) % 1000003
  for i = 1, #s do sum = (sum * 31 + s:byte(i)) % 1000003 end
end
local known = {}
for n = 0, 20 do
  for first = 0, 255, 5 do
    local bytes = {}
    for i = 1, n do bytes[i] = (first + i * 37) % 256 end
    local s = string.char(unpack(bytes))
    known[s] = true
    local t = {}
    for i = 1, n do t[i] = string.char(bytes[i]) end
    assert(known[table.concat(t)], "the same string")
    note(s)
    note(s:upper())
    note(s:lower())
    note(s:reverse())
    assert(s:reverse():reverse() == s)
    for times = -1, 9 do note(s:rep(times)) end
  end
end
print(sum)
for n = 0, 9 do
  local s = ("Ab\0zZ\255{@["):sub(1, n)
  print(n, ("%q"):format(s:upper()), ("%q"):format(s:lower()), ("%q"):format(s:reverse()), #s:rep(3), (s:rep(0)))
end
print(pcall(string.char, 65, 256), pcall(string.char, 65, -1), pcall(string.char, 65, 66, {}), pcall(string.char, 1, 2, 3, 4, "x"))
print(string.char("65", 66), string.char(65.0, 66), string.char(65.9, 66.5), string.char(), string.char(0, 0):len())
print(pcall(string.char, 65, 0 / 0), pcall(string.char, 65, 1e10), (pcall(string.char, 65, nil)))
print(select("#", string.char(65, 66)), (string.char(65, 66, 67)), string.char(72, 105), string.char(72, 105, 33))
string.char(65, 66)
local a, b = string.char(65, 66)
print(a, b)

-- While the collector is at work, in a hot loop.
local seen, count = setmetatable({}, { __mode = "k" }), 0
for i = 1, 30000 do
  local s = string.char(65 + i % 26, 97 + i % 7, 48 + i % 10)
  local t = s:lower() .. s:upper() .. s:reverse() .. ("-"):rep(i % 9)
  count = (count + #t + t:byte(3) + t:byte(-1)) % 1000003
  if i % 100 == 0 then seen[{}] = s end
end
print(count)

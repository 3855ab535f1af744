-- Long strings that are made again: equal ones are equal and one key wherever they come from, others are not, however much
-- they have in common.
local head, tail = ("h"):rep(30), ("t"):rep(30)
local function joined(middle) return head .. middle .. tail end
local t, n = {}, 0
for i = 1, 3 do for c in ("abcdefghij"):gmatch(".") do
  local s = joined(c .. "middle" .. c)
  t[s] = (t[s] or 0) + 1
  assert(s == head .. c .. "middle" .. c .. tail and s == (s .. "x"):sub(1, -2) and s == table.concat { head, c, "middle", c, tail })
  assert(s ~= joined(c .. "middlf" .. c) and s < joined(c .. "middlf" .. c) and not (joined(c .. "middlf" .. c) <= s))
end if i == 2 then collectgarbage() end end
for s, count in pairs(t) do n = n + 1 assert(count == 3 and #s == 68) end
print(n)
-- pieces divided in all ways, with numbers and empty ones among them
local whole = ("0123456789"):rep(9)
for i = 0, 90, 7 do for j = i, 90, 11 do
  local s = whole:sub(1, i) .. whole:sub(i + 1, j) .. whole:sub(j + 1)
  assert(s == whole and rawequal(s, whole), i)
end end
local long = 12345678901234 .. ("-"):rep(30) .. 12345678901234
print(long, long == 12345678901234 .. ("-"):rep(30) .. "12345678901234", #(long .. long .. long))
-- one byte changed at each place; NULs
local bytes = ("\0\1\2\3\4\5\6\7"):rep(12)
for at = 1, #bytes do
  local other = bytes:sub(1, at - 1) .. "\255" .. bytes:sub(at + 1)
  assert(#other == #bytes and other ~= bytes and other > bytes and not (other <= bytes) and bytes < other, at)
end
-- made and dropped over many cycles of the collector
local sum = 0
for i = 1, 20000 do
  local s = "a line of more than forty bytes, number " .. i % 100 .. ", and what is behind it"
  sum = sum + #s + (s == "a line of more than forty bytes, number " .. i % 100 .. ", and what is behind it" and 1 or 0)
  if i % 5000 == 0 then collectgarbage() end
end
print(sum)
-- order where the beginnings are equal
local a, b = ("a"):rep(100) .. "b", ("a"):rep(100) .. "c"
print(a < b, a <= b, b < a, b <= a, a < a, a <= a .. "", a < ("a"):rep(100), a > ("a"):rep(100), "a" < a, a < "b", a <= "a")
print(("a"):rep(50) .. "\0b" < ("a"):rep(50) .. "\0c", ("a"):rep(50) < ("a"):rep(50) .. "\0", ("a"):rep(50) .. "\200" < ("a"):rep(50) .. "b")

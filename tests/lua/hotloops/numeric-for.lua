-- Numeric loops that turn often enough for whatever is done about such: how often they turn and with which numbers,
-- at the limits of what a double can tell.

local function show(n) return string.format("%.17g", n) end

-- Turns at most `most` times; how often, the sum, the last number.
local function run(first, last, step, most)
  local count, sum, at = 0, 0, nil
  for i = first, last, step do
    count, sum, at = count + 1, sum + i, i
    if count == most then break end
  end
  return count .. " " .. show(sum) .. " " .. (at and show(at) or "none")
end

local inf, nan = math.huge, 0 / 0
local edges = {
  { 1, 1000, 1 }, { 1000, 1, -1 }, { 1, 1000, -1 }, { 1000, 1, 1 }, { 0.1, 100, 0.1 }, { 100, 0.1, -0.1 },
  { 1, 1000.5, 1 }, { -1000, -1, 1 }, { -0, 500, 0.5 }, { 0, -500, -0.5 },
  { 1, inf, 1 }, { inf, 1, -1 }, { -inf, 1, 1 }, { 1, -inf, -1 }, { inf, inf, 1 }, { -inf, -inf, 1 }, { inf, inf, -1 },
  { 1, nan, 1 }, { nan, 1, 1 }, { 1, 10, nan }, { nan, nan, nan }, { 1, nan, -1 },
  { 1, 10, 0 }, { 10, 1, 0 }, { 1, 1, 0 }, { 1, 10, -0 }, { 10, 1, -0 },
  { 1, 10, inf }, { 10, 1, -inf }, { inf, -inf, -inf }, { 1, inf, inf },
  { 2^53 - 500, 2^53 + 500, 1 }, { 2^53 - 500, 2^53 + 500, 2 }, { -2^53 + 500, -2^53 - 500, -1 },
  { 2^52 - 300, 2^52 + 300, 0.5 }, { 2^31 - 400, 2^31 + 400, 1 }, { -2^31 + 400, -2^31 - 400, -1 }, { 2^32 - 400, 2^32 + 400, 1 },
  { 1, 1 + 1e-13, 1e-16 }, { 0, 1e-300, 1e-303 }, { 1e308, inf, 1e305 }, { -1e308, -inf, -1e305 }, { 0, 4.9e-324 * 900, 4.9e-324 },
  { "1", "1000", "1" }, { "0x10", 1000, 1 }, { 1, "  1e3 ", "2" },
}
for round = 1, 3 do
  for _, e in ipairs(edges) do print(round, run(e[1], e[2], e[3], 1000)) end
end

-- The same words with steps up and down in turn.
local function both(step, n)
  local seen = 0
  for i = step > 0 and 1 or n, step > 0 and n or 1, step do seen = seen * 3 % 1000003 + i end
  return seen
end
for round = 1, 8 do print(both(1, 400), both(-1, 400), both(2, 400), both(-0.25, 100)) end

-- Nested: the inner one's limits and steps come from outside, and change their way.
local total = 0
for i = -20, 20 do
  for j = i, 20 - i, i == 0 and 1 or i do
    total = (total * 7 + j) % 1000033
    if total % 97 == 0 then break end
    if j > 60 or j < -60 then break end
  end
end
print(total)

-- The variable may be changed within: the loop goes on as if it had not been.
local seen = 0
for i = 1, 2000 do seen = seen + i; i = i * 2; i = "x" .. i; if #i > 4 then i = nil end; seen = seen + (i and 1 or 2) end
print(seen)

-- What is not a number where a loop begins, in a place that has worked often.
local function begin(a, b, c) local n = 0 for i = a, b, c do n = n + i end return n end
for i = 1, 500 do begin(1, 5, 1) end
print(pcall(begin, {}, 1, 1))
print(pcall(begin, 1, {}, 1))
print(pcall(begin, 1, 1, {}))
print(pcall(begin, nil, 1, 1))
print(pcall(begin, 1, "x", 1))
print(pcall(begin, "1", "5", "2"))

-- ... and within a loop that is hot around it.
local function around(limits)
  local n = 0
  for round = 1, 600 do
    for i = 1, limits[round] or 3 do n = n + i end
  end
  return n
end
print(around {})
print(around { [300] = "4", [301] = 0, [302] = -1, [303] = inf == 1 and 1 or 2.5 })
print(pcall(around, { [400] = {} }))
print(pcall(around, { [400] = "four" }))

-- while and repeat with conditions of every kind.
local n, log = 0, {}
while n < 1000 do n = n + 1 end
repeat n = n - 0.5 until n <= -0.5
log[#log + 1] = n
local x = 1
while x < inf do x = x * 1.5 end
log[#log + 1] = x
x = 1
while x > 0 do x = x / 2 end
log[#log + 1] = x
x = -1
while x < 0 do x = x / 4 end
log[#log + 1] = 1 / x
x = 0
while not (x ~= x) do x = x + 1; if x == 2000 then x = nan end end
log[#log + 1] = x == x
x = 1000
repeat local y = x; x = x - 1 until not (y > 1)
log[#log + 1] = x
for i, v in ipairs(log) do print(i, v) end

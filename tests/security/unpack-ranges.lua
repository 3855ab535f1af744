-- CVE-2025-46817 and its like: counts that overflow an integer. The same for every function that takes positions.

local function fails(text, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and tostring(message):find(text, 1, true), tostring(message))
end

local low, high = -2147483648, 2147483647
for _, range in ipairs { { low, high }, { 0, high }, { low, 0 }, { low, -1 }, { 1, high }, { high - 1e7, high }, { -1e8, 1e8 } } do
  fails("too many results to unpack", unpack, {}, range[1], range[2])
end
assert(select("#", unpack({}, high, low)) == 0 and select("#", unpack({}, high, high)) == 1 and select("#", unpack({}, low, low)) == 1)
assert(select("#", unpack({}, 2^40, 2^40)) <= 1)

fails("invalid value (nil) at index", table.concat, {}, "", low, high)
fails("invalid value (nil) at index", table.concat, {}, "", high, high)
assert(table.concat({}, "", high, low) == "")
for _, at in ipairs { low, high, -1, 0, 2^40, -2^40, 0/0, 1/0 } do
  if not (at < 0) then pcall(table.insert, {}, at, 1) end -- below: it moves as many items as the numbers say
  pcall(table.remove, {}, at)
  pcall(rawset, {}, at, 1)
  pcall(select, at, 1, 2, 3)
  pcall(string.sub, "abc", at, at)
  pcall(string.byte, "abc", at, at)
  pcall(string.find, "abc", "b", at)
  pcall(string.find, "abc", "b", at, true)
  pcall(table.foreachi, { n = at }, print)
  pcall(debug.getlocal, 1, at)
  pcall(debug.setlocal, 1, at, 5)
  pcall(debug.getlocal, at, 1)
  pcall(debug.getupvalue, fails, at)
  pcall(debug.setupvalue, function() return low end, at, 1)
  pcall(debug.getinfo, at)
  pcall(debug.traceback, "x", at)
  pcall(getfenv, at)
  pcall(setfenv, at, {})
  pcall(error, "x", at)
end
-- Slices that no stack holds.
fails("string slice too long", string.byte, ("x"):rep(1e7), 1, -1)
fails("too many results to unpack", unpack, {}, 1, 8e6)
assert(not pcall(string.char, unpack({}, 1, 100)))

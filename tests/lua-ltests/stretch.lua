-- How much work is done between two looks at fuel, deadline and interrupt: in units of work, not in time. `T.stretch` tells
-- by how many a slice was overdrawn. What scans, matches, compares item by item or compiles looks at bounded intervals,
-- whatever the size of what it is given; what is done at one go (docs/security.md) is counted, at least.

local MIB = 2^20
local s = ("x"):rep(4 * MIB)

local function stretch(f, ...)
  T.stretch()
  f(...)
  return T.stretch()
end

local function each(what, bound, cases)
  for name, f in pairs(cases) do
    local result = f() or "" -- once before, so that all it needs is there; a result is copied at one go, and so is a long pattern read
    collectgarbage()
    local most = stretch(f)
    local bound = bound + #result / 64
    print(("%-36s %8d %s"):format(name, most, what))
    assert(most <= bound, name .. ": " .. most .. " units without a look, not " .. bound)
  end
end

local open, closed = ("("):rep(4 * MIB), ("("):rep(2 * MIB) .. (")"):rep(2 * MIB)
local pairs_of = "(" .. ("()"):rep(2 * MIB)
local long_pattern = ("x"):rep(MIB) .. "."
local days = ("%d"):rep(2^16)
local percents, half = ("%%"):rep(MIB), s:sub(1, MIB)
local sparse, numbers, pieces = {}, {}, {}
for i = 1, 2^17 do pieces[i] = "piece" end
for i = 1, 2^18 do sparse[i + 0.5] = i end
local elseifs = "if x then " .. ("elseif y then "):rep(20000) .. "end"
local conditions = "return " .. ("x and "):rep(40000) .. "y"

-- 4,096 units are a slice; a window of the matcher's is 1,024.
each("between looks", 2 * 4096, {
  ["find %b, never closed"] = function() assert(not open:match("^%b()")) end,
  ["find %b, deep"] = function() return (closed:match("%b()")) end,
  ["find %b, shallow"] = function() assert(not pairs_of:match("^%b()")) end,
  ["a class that is not there"] = function() assert(not s:find("%d")) end,
  ["a set that is not there"] = function() assert(not s:find("[y-z0%d]")) end,
  ["a run"] = function() return (s:match("%a+")) end,
  ["a run, anchored"] = function() assert(not s:find("^%a+%d")) end,
  ["a run that fails"] = function() assert(not s:find("%a*y")) end,
  ["a lazy run"] = function() assert(not s:find("^%a-%d")) end,
  ["a lazy run to the end"] = function() assert(s:match("^%a-()$") == #s + 1) end,
  ["back from the end"] = function() assert(not s:find("^.*[y-z]")) end,
  ["a long pattern"] = function() assert(s:find(long_pattern)) return long_pattern end,
  ["a plain text that is not there"] = function() assert(not s:find("xxxxxy", 1, true)) end,
  ["gsub"] = function() return (half:gsub("x", "yy")) end,
  ["gsub, a long replacement"] = function() return (("x"):gsub("x", percents)) end,
  ["gmatch"] = function() for _ in s:gmatch("%d") do end end,
  ["format, without arguments"] = function() return string.format(percents) end,
  ["format %q"] = function() return string.format("%q", s) end,
  ["date"] = function() return os.date(days) end,
  ["maxn"] = function() table.maxn(sparse) end,
  ["sort"] = function() for i = 1, 2^15 do numbers[i] = (i * 7919) % 10007 end table.sort(numbers) end,
  ["concat"] = function() return table.concat(pieces) end,
  ["a chain of elseif"] = function() assert(loadstring(elseifs)) end,
  ["a chain of and"] = function() assert(loadstring(conditions)) end,
  ["an endless loop"] = function() for _ = 1, 1e6 do end end,
})

-- At one go: a unit for 64 bytes or so, not less, and not very much more.
local b = s .. "b"
local s2, t = s:sub(2) .. "x", {} -- equal, but another string
local function counted(least, cases)
  for name, f in pairs(cases) do
    collectgarbage()
    local most = stretch(f)
    print(("%-36s %8d at one go"):format(name, most))
    assert(most >= least, name .. ": " .. most .. " units of work counted, not " .. least)
    assert(most < 16 * least, name .. ": " .. most .. " units of work counted for " .. least)
  end
end
local digits = ("1"):rep(4 * MIB)
counted(#s / 64 - 8192, {
  ["rep"] = function() local _ = ("xyz"):rep(4 * MIB / 3) end,
  ["upper"] = function() s:upper() end,
  ["reverse"] = function() s:reverse() end,
  ["sub"] = function() s:sub(2) end,
  [".."] = function() local _ = s .. "y" end,
  ["<"] = function() local _ = s < b end,
  ["=="] = function() local _ = s == s2 end,
  ["rawequal"] = function() rawequal(s, s2) end,
  ["rawget"] = function() rawget(t, s) end,
  ["rawset"] = function() rawset(t, s, nil) end,
  ["next"] = function() pcall(next, t, s) end,
  ["tonumber"] = function() tonumber(digits) end,
  ["tonumber, a base"] = function() tonumber(digits, 2) end,
  ["arithmetic"] = function() local _ = digits + 1 end,
  ["a field of a date"] = function() pcall(os.time, { year = digits, month = 1, day = 1 }) end,
  ["a numeral"] = function() loadstring("return " .. digits) end,
  ["a chunk's name"] = function() loadstring("x()", s) end,
})

-- The border of a table that defeats doubling is searched one by one.
local far = {}
for i = 1, 2^18 do far[i] = true end
for j = 12, 0, -1 do far[(2^18 + 1) * 2^j] = true end -- the least last, for which there is room among the nodes
assert(T.querytab(far) == 2^18 and #far == 2^18 + 1)
assert(stretch(function() return #far end) >= 2^18 / 8 - 4096)

-- A rehash of a full table: a unit for four entries.
local full, n = {}, 2^17
for i = 1, n do full[i + 0.5] = i end
local most = stretch(function() full[n + 1.5] = true end)
assert(most >= n / 4 - 4096 and most < n, most)

print "OK"

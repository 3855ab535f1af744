-- string.format with every flag, width, precision and conversion against the reference's, which is
-- glibc's printf; tostring, string and number conversions of random doubles.

local here = arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/../common.lua")
local random, scale = common.start(arg)
local show, show_all, emit = common.show, common.show_all, common.emit

local flags = {}
for i = 0, 31 do
  local s = ""
  for bit, c in ipairs { "-", "+", " ", "#", "0" } do
    if math.floor(i / 2 ^ (bit - 1)) % 2 == 1 then s = s .. c end
  end
  flags[#flags + 1] = s
end
for _, s in ipairs { "--", "-----", "------", "0000000" } do flags[#flags + 1] = s end
local widths = { "", "", "1", "5", "12", "20", "99", "100", "05" }
local precisions = { "", "", ".", ".0", ".1", ".5", ".14", ".17", ".20", ".99", ".100", ".-1", ".05", ".*" }
local conversions = { "d", "i", "u", "o", "x", "X", "c", "e", "E", "f", "g", "G", "q", "s", "F", "a", "p", "n", "l", "", "%", "y", "\0" }

local function double()
  local kind = random:int(1, 6)
  local sign = random:chance(50) and 1 or -1
  if kind == 1 then return sign * random:int(0, 100000) end
  if kind == 2 then return sign * random:int(0, 2 ^ 26) * 2 ^ random:int(0, 27) end
  if kind == 3 then return sign * math.ldexp(random:int(1, 2 ^ 26) * 2 ^ 27 + random:int(0, 2 ^ 27), random:int(-1120, 950)) end
  if kind == 4 then return sign * random:int(0, 10 ^ 6) / 10 ^ random:int(0, 8) end
  if kind == 5 then return sign * (random:int(0, 10 ^ 8) + 0.5) / 10 ^ random:int(0, 6) end
  return sign * tonumber(random:int(1, 999999999) .. "e" .. random:int(-320, 308))
end

local edges = { 0, -0, 1, -1, 2.5, 0.1, 9.5, 99.5, 0.5, 1.5, -0.5, 1e15, 1e16, 123456789, 2^31, -2^31, 2^31-1, 2^32, 2^53, 2^53+1, 2^63, -2^63, 2^64,
  1e100, -1e100, 1/0, -1/0, 0/0, -(0/0), 4.9e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e-5, 0.0001, 1e5, 1e-10 }
local strings = { "", "a", "hello", "with \"quotes\" and \\", "nul\0in", "\r\n\t", "\200\255", ("y"):rep(99), ("y"):rep(100), ("z\0"):rep(60), "10", "0x1F", "nan" }
local others = { true, false, {}, print, io.stdout }

local function try(spec, ...)
  emit("format(" .. show(spec) .. ", " .. show_all(...) .. ")", show_all(pcall(string.format, spec, ...)))
end

local function argument()
  local kind = random:int(1, 20)
  if kind <= 9 then return double() end
  if kind <= 14 then return random:of(edges) end
  if kind <= 19 then return random:of(strings) end
  return random:of(others)
end

-- Each conversion with each flag set and each width and precision at least once, then at random.
for _, c in ipairs(conversions) do
  for _, f in ipairs(flags) do try("<%" .. f .. c .. ">", argument()) end
  for _, w in ipairs(widths) do
    for _, p in ipairs(precisions) do try("<%" .. w .. p .. c .. ">", argument()) end
  end
  for _, e in ipairs(edges) do try("%" .. c, e) end
  for _, s in ipairs(strings) do try("%" .. c, s) end
  for _, o in ipairs(others) do try("%" .. c, o) end
  try("%" .. c)
  try("%" .. c, nil)
end
for _ = 1, 15000 * scale do
  try("%" .. random:of(flags) .. random:of(widths) .. random:of(precisions) .. random:of(conversions), argument())
end
for _ = 1, 1000 * scale do -- several directives
  local spec = ""
  for _ = 1, random:int(1, 4) do
    spec = spec .. random:of { "", "a", "%%", "\0", "-" } .. "%" .. random:of { "d", "s", "5.1f", "-8s", "q", "x", "g", "c", "03d", "+.3e" }
  end
  try(spec, argument(), argument(), argument(), argument())
end

for _ = 1, 15000 * scale do
  local d = double()
  emit(("tostring(%.17g)"):format(d), tostring(d) .. " " .. d .. " " .. show(tonumber(tostring(d))) .. " " .. show((d .. "") + 0))
end

-- Text to numbers: tonumber with and without a base, arithmetic on strings, and the lexer, on random
-- text that looks like numbers; arithmetic and math.* on edge and random doubles.

local here = arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/../common.lua")
local random, scale = common.start(arg)
local show, show_all, emit = common.show, common.show_all, common.emit

local function digits(low, high, set)
  local list = {}
  for i = 1, random:int(low, high) do
    local at = random:int(1, #set)
    list[i] = set:sub(at, at)
  end
  return table.concat(list)
end

local function maybe(percent, text) return random:chance(percent) and text or "" end

local function text()
  local kind = random:int(1, 12)
  local dec = "0123456789"
  if kind <= 3 then -- usual
    return maybe(20, random:of { "-", "+" }) .. digits(0, 6, dec) .. maybe(60, "." .. digits(0, 6, dec))
      .. maybe(40, random:of { "e", "E" } .. random:of { "", "-", "+" } .. digits(0, 3, dec))
  elseif kind <= 5 then -- many digits: correct rounding
    return digits(1, 25, dec) .. maybe(50, "." .. digits(0, 30, dec)) .. maybe(50, "e" .. random:of { "-", "" } .. random:int(0, 330))
  elseif kind == 6 then -- near halfway between two doubles
    local m = 2 ^ 53 + 2 * random:int(0, 2 ^ 30) + 1
    return ("%.0f"):format(m) .. random:of { "", ".0", ".5", ".00000000000000000000000001", "e0", "00e-2" }
  elseif kind == 7 then
    return maybe(20, "-") .. "0x" .. digits(0, 10, "0123456789abcdefABCDEFg") .. maybe(15, "." .. digits(0, 4, "0123456789abcdef")) .. maybe(15, "p" .. random:int(-5, 5))
  elseif kind == 8 then
    return digits(0, 3, " \t\n") .. digits(1, 4, dec) .. digits(0, 3, " \t\n\r\f\v") .. maybe(20, "x")
  elseif kind == 9 then
    return random:of { "inf", "nan", "INF", "NaN", "infinity", "nan(1)", "-inf", "-nan", "+nan", "infx", "1inf", "0x", "0X", "0x.", "e5", ".", "..", ".e1", "1..2", "1.2.3", "1e", "1e+", "1f", "1_0",
      "0b1", "0o7", "1e400", "1e-400", "-0", "0e0", "--1", "- 1", "1 2", "\0001", "1\0", "1\0002", "08", "0x1p", "0xep1", "3e0x1", "", " " }
  elseif kind == 10 then
    return digits(1, 8, "0123456789abcdefghijklmnopqrstuvwxyzABCXYZ")
  elseif kind == 11 then
    return digits(1, 7, "0123456789.eE+-xXaF _")
  end
  return ("%." .. random:int(1, 20) .. "g"):format(math.ldexp(random:int(1, 2 ^ 30) * 2 ^ 22 + random:int(0, 2 ^ 22), random:int(-1100, 960)))
end

for _ = 1, 12000 * scale do
  local s = text()
  emit("tonumber(" .. show(s) .. ")", show(tonumber(s)) .. " " .. show_all(pcall(function() return s + 0 end)))
  if not s:find("[%z\n\r]") then
    local f, message = loadstring("return " .. s, "=n")
    emit("return " .. s, f and show_all(pcall(f)) or message)
  end
  local base = random:of { 2, 8, 10, 16, 36, random:int(2, 36), random:int(-1, 40) }
  emit("tonumber(" .. show(s) .. ", " .. base .. ")", show_all(pcall(tonumber, s, base)))
end

local edges = { 0, -0, 1, -1, 0.5, -0.5, 2, 3, -3, 1/3, 10, 1e15, 2^31, 2^31-1, -2^31, 2^32, 2^53, 2^53+1, 2^63, -2^63, 1e100, 1e308, -1e308, 4.9e-324, 1/0, -1/0, 0/0, -(0/0), "10", "-0", "0x10", " 5 " }
for _ = 1, 40 do edges[#edges + 1] = (random:int(0, 1) * 2 - 1) * random:int(1, 10 ^ 6) * 10 ^ random:int(-12, 12) end
local operators = {
  function(a, b) return a + b end, function(a, b) return a - b end, function(a, b) return a * b end, function(a, b) return a / b end,
  function(a, b) return a % b end, function(a, b) return a ^ b end, math.fmod, math.pow, math.atan2,
  function(a, b) return -a end, function(a, b) return a < b, a <= b, a == b, a > b, a >= b, a ~= b end, math.max, math.min,
}
for i, op in ipairs(operators) do
  for _, a in ipairs(edges) do
    for _, b in ipairs(edges) do
      emit(("operator %d: %s, %s"):format(i, show(a), show(b)), show_all(pcall(op, a, b)))
    end
  end
end
-- Folded constants against run time.
for _, a in ipairs { "0", "1", "3", "0.5", "2^53", "1e308", "(1/0)", "5", "-3" } do
  for _, b in ipairs { "0", "1", "-2", "0.5", "1e308", "(0/0)", "7", "-0" } do
    for op in ("+-*/%^"):gmatch "." do
      local source = "return " .. a .. op .. b .. ", -(" .. a .. op .. b .. ")"
      emit(source, show_all(pcall(loadstring(source))))
    end
  end
end
for _, name in ipairs { "abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "deg", "exp", "floor", "frexp", "log", "log10", "modf", "rad", "sin", "sinh", "sqrt", "tan", "tanh" } do
  for _, a in ipairs(edges) do emit("math." .. name .. "(" .. show(a) .. ")", show_all(pcall(math[name], a))) end
  for _ = 1, 50 * scale do
    local a = random:int(-10 ^ 6, 10 ^ 6) / 10 ^ random:int(0, 6)
    emit("math." .. name .. "(" .. show(a) .. ")", show_all(pcall(math[name], a)))
  end
end
for _ = 1, 200 do
  local a, b = random:of(edges), random:int(-1100, 1100)
  emit("ldexp " .. show(a) .. " " .. b, show_all(pcall(math.ldexp, a, b)))
end
for seed = 0, 20 do
  math.randomseed(seed)
  emit("random " .. seed, show_all(math.random(), math.random(10), math.random(-5, 5), math.random(2 ^ 31 - 1), pcall(math.random, 5, 1)))
end
-- for loops with every kind of step
for _, from in ipairs { 1, 0, -1, 0.1, 5, 2^53, 1/0, 0/0, "1", "x" } do
  for _, to in ipairs { 3, 0, -2, 0.5, 2^53+4, 1/0, -1/0, 0/0, "3", {} } do
    for _, step in ipairs { 1, -1, 0, 0.1, 0.3, 2, -0.5, 1/0, 0/0, "1", false } do
      emit("for " .. show_all(from, to, step), show_all(pcall(function()
        local list = {}
        for i = from, to, step do
          list[#list + 1] = i
          if #list == 8 then break end
        end
        return unpack(list)
      end)))
    end
  end
end

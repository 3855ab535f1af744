-- Random patterns over random subjects: find, match, gsub and gmatch give the same captures, counts and errors.
local R = dofile("support/rnd.lua")
local atoms = { "a", "b", "c", ".", "%a", "%d", "%s", "%w", "%p", "%.", "[ab]", "[^ab]", "[a-c]", "[%d%s]", "x", "%x", "%u", "%l", "-", "%-", "[]a]", "[^]]", "%z", "1", " ", "%%" }
local suffixes = { "", "", "", "", "*", "+", "-", "?" }
local subjects = "abcabc 123 x-y.z%AB\0()[]aab"
local function subject() local out = {} for i = 1, R.int(30) do local p = R.int(#subjects) out[i] = subjects:sub(p, p) end return table.concat(out) end
local function pattern(depth)
  local out = {}
  for i = 1, R.int(4) do
    local c = R.int(30)
    if c <= 3 and depth > 0 then out[#out + 1] = "(" .. pattern(depth - 1) .. ")"
    elseif c == 4 then out[#out + 1] = "()"
    elseif c == 5 then out[#out + 1] = "%b()"
    elseif c == 6 then out[#out + 1] = "%f[%a]"
    elseif c == 7 then out[#out + 1] = "%" .. R.int(3)
    elseif c == 8 and R.chance(20) then out[#out + 1] = R.pick { "(", ")", "[", "%", "[^", "%b", "%f" }
    else out[#out + 1] = R.pick(atoms) .. R.pick(suffixes) end
  end
  return table.concat(out)
end
local function text(...) local o = {} for i = 1, select("#", ...) do o[i] = tostring((select(i, ...))) end return table.concat(o, "|") end
local errors = {}
for case = 1, 4000 do
  R.seed(case * 7)
  local s, p = subject(), pattern(2)
  if R.chance(10) then p = "^" .. p end
  if R.chance(10) then p = p .. "$" end
  local init = R.chance(20) and R.int(40) - 20 or nil
  local results = { text(pcall(string.find, s, p, init)), text(pcall(string.match, s, p, init)) }
  local repl = R.pick { "<%0>", "%1", "[%1%2]", "", "%%", "x" }
  results[3] = text(pcall(string.gsub, s, p, repl, R.chance(30) and R.int(4) - 1 or nil))
  results[4] = text(pcall(string.gsub, s, p, function(...) return R.chance(50) and text(...) or nil end))
  results[5] = text(pcall(string.gsub, s, p, { a = "A", b = 1, ["1"] = false }))
  results[6] = text(pcall(function() local o = {} for a, b in s:gmatch(p) do o[#o + 1] = tostring(a) .. ":" .. tostring(b) if #o > 60 then break end end return table.concat(o, ",") end))
  results[7] = text(pcall(string.find, s, p, init, true))
  for i, r in ipairs(results) do local m = r:match("^false|(.*)$") if m then errors[m:gsub("^.-:%d+: ", "")] = true end end
  if case % 10 == 0 then io.write(R.checksum(table.concat(results, "\n")), case % 100 == 0 and "\n" or " ") end
  if case % 200 == 0 then print(string.format("%q %q", s, p), (results[1]:gsub("%z", "0")), (results[3]:gsub("%z", "0"))) end
end
local list = {} for m in pairs(errors) do list[#list + 1] = m end table.sort(list) print(table.concat(list, "\n"))

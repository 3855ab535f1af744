-- Random programs: the bytecode (a checksum of string.dump), and what running them gives (a trace of values or the message).
-- In the first mode any operand meets any operator; in the second all is numeric, so that programs run far; in the third every type
-- has a metatable with handlers.
-- The collector is stopped within a case: when it runs, it takes removed keys out of their place, so that the order of the
-- traversal after a new insertion would depend on the collector's pace.
local mode
local R = dofile("support/rnd.lua")
local names, depth, loops, functions
local expression, block
local function name() return R.pick(names) end
local function constant() if mode == 2 then return R.pick { "0", "1", "2", "-3", "0.5", "1e10", "'10'", "2 ^ 3", "7 % 3", "#'abc'", "-'2'", "1 / 3", "1e300 * 1e10" } end return R.pick { "0", "1", "2", "-3", "0.5", "1e10", "'s'", "'10'", "''", "nil", "true", "false", "'x' .. 1", "2 ^ 3", "7 % 3", "{}", "{ 1, 2 }", "{ x = 1, 'y' }", "0/0", "-'2'", "not 1", "#'abc'" } end
function expression(n)
  local c = R.int(34)
  if n <= 0 or c <= 6 then return R.chance(60) and name() or constant() end
  n = n - 1
  if c <= 14 then return expression(n) .. " " .. R.pick { "+", "-", "*", "/", "%", "^" } .. " " .. expression(n)
  elseif c <= 17 and mode == 2 then return "#(" .. expression(n) .. " .. " .. expression(n) .. ")"
  elseif c <= 17 then return expression(n) .. " .. " .. expression(n)
  elseif c <= 20 and mode == 2 then return "(" .. expression(n) .. " " .. R.pick { "==", "~=", "<", "<=", ">", ">=" } .. " " .. expression(n) .. " and " .. expression(n) .. " or " .. expression(n) .. ")"
  elseif c <= 20 and mode == 3 then return expression(n) .. R.pick { " == ", " ~= " } .. expression(n)
  elseif c <= 20 then return expression(n) .. " " .. R.pick { "==", "~=", "<", "<=", ">", ">=" } .. " " .. expression(n)
  elseif c <= 23 then return expression(n) .. " " .. R.pick { "and", "or" } .. " " .. expression(n)
  elseif c == 24 and mode == 2 then return "-" .. expression(n)
  elseif c == 24 then return R.pick { "not ", "- ", "#" } .. expression(n)
  elseif c <= 26 then return "(" .. expression(n) .. ")"
  elseif c == 27 then return "t." .. R.pick { "a", "b", "c" }
  elseif c == 28 then return "t[" .. expression(n) .. "]"
  elseif c == 29 then return "f(" .. expression(n) .. ", " .. expression(n) .. ")"
  elseif c == 30 then return "(f(" .. expression(n) .. "))"
  elseif c == 31 and mode == 2 then return "#{ " .. expression(n) .. ", x = " .. expression(n) .. ", f(" .. name() .. ") }"
  elseif c == 31 then return "{ " .. expression(n) .. ", x = " .. expression(n) .. ", f(" .. name() .. ") }"
  elseif c == 32 then return "t:m(" .. expression(n) .. ")"
  elseif c == 33 then
    if functions > 3 then return name() end
    functions = functions + 1
    local parameter = "p" .. functions
    local saved = names
    names = { unpack(saved) } names[#names + 1] = parameter
    local body = R.chance(40) and block(n, true) or ""
    local e = expression(n)
    names = saved functions = functions - 1
    return "(function(" .. parameter .. R.pick { "", ", ..." } .. ") " .. body .. " return " .. e .. " end)(" .. expression(n) .. ")"
  else return "select('#', f(" .. name() .. "))" end
end
local function statement(n)
  local c = R.int(26)
  if c <= 5 then local v = "v" .. R.int(6) local e = expression(2) names[#names + 1] = v return "local " .. v .. " = " .. e
  elseif c == 6 then local e = expression(1) names[#names + 1] = "w1" return "local w1, w2 = " .. e .. ", f(" .. name() .. ")"
  elseif c <= 9 then return name() .. " = " .. expression(2)
  elseif c == 10 then return name() .. ", " .. name() .. " = " .. expression(1) .. ", " .. expression(1)
  elseif c == 11 then return "t." .. R.pick { "a", "b", "c" } .. " = " .. expression(2)
  elseif c == 12 then return "t[" .. expression(1) .. "], " .. name() .. " = " .. expression(1) .. ", " .. name()
  elseif c == 13 then return "f(" .. expression(1) .. ")"
  elseif c == 14 then return "note(" .. expression(2) .. ")"
  elseif n <= 0 then return "note(" .. name() .. ")"
  elseif c <= 17 then return "if " .. expression(2) .. " then " .. block(n - 1) .. (R.chance(30) and " elseif " .. expression(1) .. " then " .. block(n - 1) or "") .. (R.chance(50) and " else " .. block(n - 1) or "") .. " end"
  elseif c == 18 then loops = loops + 1 local b = "for i = " .. R.int(3) .. ", " .. R.int(5) .. R.pick { "", ", 2", ", -1", ", 0.5" } .. " do note(i) " .. block(n - 1, false, "i") .. R.pick { "", "", " break" } .. " end" loops = loops - 1 return b
  elseif c == 19 then loops = loops + 1 local b = "for k, v in pairs({ 1, x = 2, 'z' }) do " .. block(n - 1, false, "k") .. " end" loops = loops - 1 return b
  elseif c == 20 then loops = loops + 1 local b = "while tick() and " .. expression(1) .. " do " .. block(n - 1) .. " end" loops = loops - 1 return b
  elseif c == 21 then loops = loops + 1 local b = "repeat " .. block(n - 1) .. " until not tick() or " .. expression(1) loops = loops - 1 return b
  elseif c == 22 then return "do " .. block(n - 1) .. " end"
  elseif c == 23 then if functions > 3 then return "note(1)" end functions = functions + 1 local saved, l = names, loops loops = 0 names = { unpack(saved) } names[#names + 1] = "q" local b = "local function g(q, ...) " .. block(n - 1, true) .. (R.chance(60) and " return " .. expression(1) or "") .. " end note(g(" .. name() .. "))" names = saved loops = l functions = functions - 1 return b
  elseif c == 24 and loops > 0 then return "if " .. expression(1) .. " then break end"
  elseif c == 25 then return "if " .. name() .. " == nil then return " .. R.pick { "", expression(1), "f(" .. name() .. ")", name() .. ", " .. expression(1) } .. " end"
  else return "note(pcall(function() " .. (function() local l, fs = loops, functions loops = 0 functions = functions + 1 local b = functions > 4 and "" or block(n - 1, true) loops = l functions = fs return b end)() .. " end))" end
end
function block(n, fresh, variable)
  local saved = names
  names = { unpack(saved) }
  if variable then names[#names + 1] = variable end
  local out = {}
  for i = 1, R.int(3) do out[i] = statement(n) end
  names = saved
  return table.concat(out, R.pick { " ", "\n", ";\n" })
end
local function textOf(v) local t = type(v) if t == "table" then local o = {} for k, x in pairs(v) do if type(k) ~= "table" and type(k) ~= "function" then o[#o + 1] = tostring(k) .. ":" .. (type(x) == "table" and "{}" or type(x) == "function" and "f" or tostring(x)) end end return "{" .. table.concat(o, ",") .. "}" end if t == "function" then return "function" end return tostring(v) end
local handlers = { __index = function(_, k) return type(k) == "number" and k + 1 or nil end, __newindex = function() end, __call = function(_, ...) return select("#", ...), ... end, __concat = function(a, b) return "cat" .. type(a) .. type(b) end, __len = function() return 3 end, __unm = function(v) return type(v) end }
for i, e in ipairs { "add", "sub", "mul", "div", "mod", "pow" } do handlers["__" .. e] = function(a, b) return type(a) == "number" and a + i or type(b) == "number" and b - i or i end end
local function metatables(on)
  for _, v in ipairs { false, function() end, false } do debug.setmetatable(v, on and handlers or nil) end
  debug.setmetatable(nil, on and handlers or nil)
  for k, h in pairs(handlers) do if k ~= "__index" then getmetatable("")[k] = on and h or nil end end
end
local compiled, refused = 0, 0
local lines = {}
for case = 1, 3000 do
  if case % 10 == 1 then
    collectgarbage("restart")
    collectgarbage()
    collectgarbage("stop")
  end
  R.seed(case * 101)
  names, loops, functions = { "a", "b", "G" }, 0, 0
  mode = case % 3 + 1
  local body = {}
  for i = 1, R.int(7) do body[i] = statement(3) end
  local source = "local a, b, t, f = ...\n" .. table.concat(body, "\n") .. (R.chance(50) and "\nreturn a, b, t.a" or "")
  local chunk, m = loadstring(source, "=random")
  local trace, dump = {}, "-"
  if chunk then
    compiled = compiled + 1
    dump = R.checksum(string.dump(chunk))
    local ticks = 0
    local function note(...) if #trace > 300 then error("enough", 0) end for i = 1, select("#", ...) do trace[#trace + 1] = textOf((select(i, ...))) end end
    local environment = setmetatable({ note = note, tick = function() ticks = ticks + 1 return ticks < 20 end }, { __index = { pairs = pairs, pcall = pcall, select = select, G = mode == 2 and 77 or "global" } })
    if mode == 2 then for i = 1, 6 do environment["v" .. i] = i * 1.5 end environment.q, environment.i, environment.k, environment.w1, environment.w2 = 5, 6, 7, 8, 9 end
    setfenv(chunk, environment)
    local t = setmetatable({ a = 1, b = mode == 2 and 2 or "two", c = mode == 2 and 3 or nil }, mode == 3 and handlers or { __index = function(_, k) return mode == 2 and 4 or k ~= "c" and k or nil end })
    rawset(t, "m", function(self, ...) if mode == 2 then return ... end return self == t, ... end)
    local function f(...) trace[#trace + 1] = select("#", ...) return ... end
    local co = coroutine.create(function(...) note(pcall(chunk, ...)) end)
    debug.sethook(co, function() error("too long", 0) end, "", 20000)
    if mode == 3 then metatables(true) end
    coroutine.resume(co, case % 5, mode == 2 and case % 7 or "b", t, f)
    metatables(false)
  else
    refused = refused + 1
    trace[1] = m
  end
  local result = table.concat(trace, " ")
  if result:find("too long", 1, true) or result:find("enough", 1, true) then result = "stopped" end
  lines[#lines + 1] = dump .. " " .. result
  if case % 5 == 0 then io.write(R.checksum(table.concat(lines, "\n")), case % 50 == 0 and "\n" or " ") lines = {} end
  if case % 100 == 0 then print((result:gsub("%c", "?"):sub(1, 200))) end
end
print(compiled, refused)

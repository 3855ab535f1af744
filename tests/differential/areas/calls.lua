-- Every function of the libraries with edge values of every type: no argument, one, two (all pairs of a
-- smaller set, at scale above 1 of the whole set), and random longer lists.
--
-- Not here: calls that only wait, end the process or touch files (io.lua), and those on which the
-- reference itself crashes or never ends (unsafe below; the crashes are pinned in allowed.lua).

local here = arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/../common.lua")
local random, scale = common.start(arg)
local show_all, show_table, emit = common.show_all, common.show_table, common.emit

local nan, inf = 0/0, 1/0
-- Fresh for each call: calls may change them. Each entry: text, maker.
local values = {}
local function value(text) values[#values + 1] = { text, assert(loadstring("return " .. text)) } end
for text in ([[
nil; true; false; 0; -0; 1; -1; 2; 3; 10; 36; 0.5; -0.5; 1.5; 64; 255; 256; 2^31-1; 2^31; 2^31+1; -2^31; -2^31-1; 2^32; 2^53; 2^53+1; -2^53;
2^63; -2^63; 2^64; 1e15; 1e16; 123456.789; 1e100; 1e308*10; -1e308*10; 0/0; -(0/0); 4.9e-324; 1/3;
""; "a"; "abc"; "0"; "10"; "0x10"; " 10 "; "1e1"; "-1"; "nan"; "a\0b"; "\0"; "%d"; "%"; "(a)"; "[a"; "*a"; "n"; "k"; "\255\128"; "x y\nz";
("x"):rep(300); ("ab\0"):rep(60);
{}; {1,2,3}; {1,nil,3}; {"b","a","c"}; {n=2}; {3,1,2,x=1}; {nil,nil,3}; {{},{}}; setmetatable({}, {__tostring=function() return "T" end});
setmetatable({}, {__index=function(t,k) return k end, __call=function(self, ...) return "called", ... end}); setmetatable({}, {__metatable="locked"});
print0; function() end; function(...) return ... end; function(a, b) return a < b end; error; type; string.upper;
coroutine.create(function(...) coroutine.yield(...) return 1 end); io.stdout; newproxy(); newproxy(true)
]]):gmatch("%s*(.-)%s*;") do value(text) end
value("newproxy(true)")
print0 = function() end

local small = {}
for i = 1, #values, 3 do small[#small + 1] = values[i] end

-- Big numbers as lengths, counts and bounds: only time and memory, or the reference's own crash.
local function big(v) return type(v) == "number" and not (v < 1e6 and v > -1e6) end
local function any_big(list) for i = 1, list.n do if big(list[i]) then return true end end end
-- Numbers also as text
local function number(v) return tonumber(v) or 0 end
local unsafe = {
  ["string.rep"] = function(a) return math.abs(number(a[2])) > 1e6 and math.abs(number(a[2])) < 2^63 end,
  ["table.insert"] = function(a) return big(tonumber(a[2])) end,
  ["table.remove"] = function(a) return big(tonumber(a[2])) end,
  ["table.concat"] = any_big, ["unpack"] = any_big,
  ["table.foreachi"] = any_big, ["table.setn"] = any_big,
  ["collectgarbage"] = function(a) return a[1] == "count" or a[1] == nil end,
  -- A hook or metatable of a basic type left behind would change all later cases.
  ["debug.sethook"] = function(a) return a.n > 0 end,
  ["debug.setmetatable"] = function(a) return type(a[1]) ~= "table" end,
  ["debug.setfenv"] = function(a) return type(a[1]) ~= "table" end,
  ["setfenv"] = function(a) return type(a[1]) ~= "table" and number(a[1]) <= 3 or type(a[1]) == "function" end,
  ["debug.getinfo"] = function(a) return type(a[2]) == "string" and a[2]:find(">") or type(a[3]) == "string" and a[3]:find(">") end,
  ["debug.traceback"] = function(a) return big(tonumber(a[2])) or big(tonumber(a[3])) end,
  ["os.tmpname"] = function(a) return true end,
  ["math.random"] = function(a) return false end,
  ["load"] = function(a) return type(a[1]) == "function" and a[1] == type end,
  ["os.getenv"] = function(a) return a[1] == "HOME" end,
}
local skip = { ["os.exit"] = 1, ["os.execute"] = 1, ["os.clock"] = 1, ["os.time"] = 1, ["os.remove"] = 1, ["os.rename"] = 1,
  ["io.read"] = 1, ["io.popen"] = 1, ["io.open"] = 1, ["io.lines"] = 1, ["io.input"] = 1, ["io.output"] = 1, ["io.close"] = 1, ["io.tmpfile"] = 1,
  ["io.write"] = 1, ["debug.debug"] = 1, ["dofile"] = 1, ["loadfile"] = 1, ["print"] = 1, ["module"] = 1, ["require"] = 1, ["print0"] = 1,
  ["debug.getregistry"] = 1, ["package.loadlib"] = 1, ["gcinfo"] = 1, ["package.seeall"] = 1, ["os.date"] = 1, ["debug.upvalueid"] = 1 }

-- Functions by name, in a fixed order; what only one interpreter has is not found by walking ours.
local names = {}
for name in ([[assert collectgarbage error getfenv getmetatable ipairs load loadstring next pairs pcall rawequal rawget rawset select
setfenv setmetatable tonumber tostring type unpack xpcall newproxy
coroutine.create coroutine.resume coroutine.running coroutine.status coroutine.wrap coroutine.yield
string.byte string.char string.dump string.find string.format string.gfind string.gmatch string.gsub string.len string.lower string.match
string.rep string.reverse string.sub string.upper
table.concat table.foreach table.foreachi table.getn table.insert table.maxn table.remove table.setn table.sort
math.abs math.acos math.asin math.atan math.atan2 math.ceil math.cos math.cosh math.deg math.exp math.floor math.fmod math.frexp math.ldexp
math.log math.log10 math.max math.min math.mod math.modf math.pow math.rad math.random math.randomseed math.sin math.sinh math.sqrt math.tan math.tanh
os.difftime os.getenv os.setlocale
io.type
debug.getfenv debug.gethook debug.getinfo debug.getlocal debug.getmetatable debug.getupvalue debug.setfenv debug.setlocal debug.setmetatable
debug.setupvalue debug.sethook debug.traceback]]):gmatch("%S+") do names[#names + 1] = name end

local function find(name)
  local v = _G
  for part in name:gmatch("[^.]+") do v = v[part] end
  return v
end

-- Every name is in exactly one of the lists: a function added to the libraries is noticed.
local known = {}
for _, name in ipairs(names) do known[name] = true end
local unlisted = {}
for lib, t in pairs { [""] = _G, ["string."] = string, ["table."] = table, ["math."] = math, ["os."] = os, ["io."] = io, ["debug."] = debug,
  ["coroutine."] = coroutine, ["package."] = package } do
  for k, v in pairs(t) do
    if type(v) == "function" and not known[lib .. k] and not skip[lib .. k] then unlisted[#unlisted + 1] = lib .. k end
  end
end
table.sort(unlisted)
emit("functions nobody listed", table.concat(unlisted, " "))

local function show_results(ok, ...)
  return (ok and "" or "error: ") .. show_all(...)
end

-- A result that is a table or function says little by its type: its contents, its first results.
local function deeper(ok, v)
  if ok and type(v) == "table" and v ~= _G then return " " .. show_table(v, 2) end
  return ""
end

local function call(name, f, picks)
  local args, texts = { n = #picks }, {}
  for i, pick in ipairs(picks) do args[i] = pick[2](); texts[i] = pick[1] end
  if unsafe[name] and unsafe[name](args) then return end
  local results
  -- On a coroutine, so that yields and stack levels are the same for each.
  local co = coroutine.create(function()
    if f == coroutine.yield then f(unpack(args, 1, args.n)) end
    results = { pcall(f, unpack(args, 1, args.n)) }
    results.n = table.maxn(results)
  end)
  coroutine.resume(co)
  local text = "yields"
  if results then
    text = show_results(unpack(results, 1, results.n)) .. deeper(unpack(results, 1, results.n))
  end
  for i = 1, args.n do
    if type(args[i]) == "table" then text = text .. "\nargument " .. i .. ": " .. show_table(args[i], 2) end
  end
  emit(name .. "(" .. table.concat(texts, ", ") .. ")", text)
end

for _, name in ipairs(names) do
  local f = find(name)
  call(name, f, {})
  for _, v in ipairs(values) do call(name, f, { v }) end
  local second = scale > 1 and values or small
  for _, v in ipairs(second) do
    for _, w in ipairs(second) do call(name, f, { v, w }) end
  end
  for _ = 1, 150 * scale do
    local picks = {}
    for i = 1, random:int(2, 5) do picks[i] = random:of(values) end
    call(name, f, picks)
  end
end

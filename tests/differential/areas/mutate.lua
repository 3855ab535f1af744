-- Compile errors: real Lua files with tokens deleted, swapped, doubled, replaced. The same bytes of
-- string.dump, or the same message.
--
-- The files are those named on the lines of the file LIST (environment); each is tried whole, then in
-- mutated copies. Large files are cut to the functions around a random place, so that a copy costs little.

local here = arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/../common.lua")
local random, scale = common.start(arg)
local show, emit = common.show, common.emit

local function outcome(source)
  local f, message = loadstring(source, "=m")
  if not f then return message end
  return string.dump(f)
end

-- Pieces whose concatenation is the source: tokens, and what lies between them as part of the next.
local function tokens(source)
  local list, pos = {}, 1
  local patterns = { "^%-%-%[(=*)%[.-%]%1%]", "^%[(=*)%[.-%]%1%]", "^%-%-[^\n]*\n", "^\"[^\"\n\\]*\"", "^'[^'\n\\]*'", "^%s+", "^[%a_][%w_]*", "^%d[%w.]*", "^%.%.%.?", "^[=<>~]=", "^." }
  while pos <= #source do
    for _, p in ipairs(patterns) do
      local _, last = source:find(p, pos)
      if last then
        list[#list + 1] = source:sub(pos, last)
        pos = last + 1
        break
      end
    end
  end
  return list
end

local words = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
  "+", "-", "*", "/", "%", "^", "#", "==", "~=", "<=", ">=", "<", ">", "=", "(", ")", "{", "}", "[", "]", ";", ":", ",", ".", "..", "...", "x", "self", "1", "0x", "1e", "\"", "'", "[[", "]]", "--[[", "\0", "@", "!", "\\", "~", "\200", "\n", "a.b:c()" }

local function solid(list)
  for _ = 1, 20 do
    local i = random:int(1, #list)
    if not list[i]:find("^%s*$") then return i end
  end
  return 1
end

local function mutate(original)
  local list = {}
  for i, t in ipairs(original) do list[i] = t end
  local what = ""
  for _ = 1, random:of { 1, 1, 1, 2, 3 } do
    local i, j = solid(list), solid(list)
    local kind = random:int(1, 6)
    if kind == 1 then what = what .. "-" .. i; list[i] = ""
    elseif kind == 2 then what = what .. "x" .. i .. "," .. j; list[i], list[j] = list[j], list[i]
    elseif kind == 3 then what = what .. "2" .. i; list[i] = list[i] .. " " .. list[i]
    elseif kind == 4 then local w = random:of(words); what = what .. "=" .. i; list[i] = w
    elseif kind == 5 then local w = random:of(words); what = what .. "+" .. i; list[i] = list[i] .. " " .. w .. " "
    else what = what .. "c" .. i; for k = i + 1, #list do list[k] = "" end end
  end
  return table.concat(list), what
end

local names = {}
for name in io.lines(os.getenv("LIST")) do names[#names + 1] = name end
assert(#names > 0, "no files")

local copies = 1500 * scale
for n = 1, copies do
  local name = random:of(names)
  local file = assert(io.open(name, "rb"))
  local source = file:read("*a")
  file:close()
  if #source > 4000 then
    -- A part of whole lines. It need not compile by itself: often it does.
    local from = random:int(1, #source - 3500)
    from = source:find("\nlocal ", from, true) or source:find("\nfunction ", from, true) or source:find("\n", from, true) or from
    local to = source:find("\nend", from + random:int(200, 2500), true)
    source = source:sub(from + 1, to and to + 4 or from + 3000)
  end
  local short = name:match("([^/]*)$")
  emit("part " .. n .. " " .. short, outcome(source))
  local list = tokens(source)
  if #list > 0 then
    for m = 1, 8 do
      local mutant, what = mutate(list)
      emit("mutant " .. n .. "." .. m .. " " .. short .. " " .. what, outcome(mutant))
    end
  end
end

-- The limits of the compiler, just below, at and above.
local function limit(name, make, ...)
  for _, n in ipairs { ... } do emit(name .. " " .. n, outcome(make(n))) end
end
local rep = string.rep
local function many(n, f, sep)
  local list = {}
  for i = 1, n do list[i] = f(i) end
  return table.concat(list, sep)
end
local function var(i) return "v" .. i end
limit("locals", function(n) return "local " .. many(n, var, ",") end, 199, 200, 201, 250)
limit("locals one by one", function(n) return many(n, function(i) return "local v" .. i end, "\n") end, 199, 200, 201)
limit("upvalues", function(n) return "local " .. many(n, var, ",") .. "\nfunction f() return " .. many(n, var, "+") .. " end" end, 59, 60, 61)
limit("parameters", function(n) return "function f(" .. many(n, var, ",") .. ") end" end, 199, 200, 201)
limit("parentheses", function(n) return "return " .. rep("(", n) .. "1" .. rep(")", n) end, 150, 190, 195, 196, 197, 198, 199, 200, 201)
limit("blocks", function(n) return rep("do ", n) .. rep("end ", n) end, 195, 196, 197, 198, 199, 200, 201)
limit("functions", function(n) return rep("function f() ", n) .. rep("end ", n) end, 195, 196, 197, 198, 199, 200, 201)
limit("tables", function(n) return "return " .. rep("{", n) .. rep("}", n) end, 195, 196, 197, 198, 199, 200, 201)
limit("concatenation", function(n) return "return " .. rep("a..", n) .. "a" end, 150, 190, 195, 196, 197, 198, 199, 200, 201, 230, 248, 249, 250)
limit("powers", function(n) return "return " .. rep("a^", n) .. "a" end, 190, 196, 197, 198, 199, 200, 201)
limit("not", function(n) return "return " .. rep("not ", n) .. "a" end, 190, 196, 197, 198, 199, 200, 201)
limit("calls", function(n) return "f(" .. many(n, var, ",") .. ")" end, 200, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256)
limit("return", function(n) return "return " .. many(n, var, ",") end, 200, 248, 249, 250, 251, 252, 253, 254, 255, 256)
limit("assignment", function(n) return many(n, function(i) return "v" .. i end, ",") .. "= 1" end, 190, 195, 196, 197, 198, 199, 200, 201, 202)
limit("values", function(n) return "a = " .. many(n, var, ",") end, 200, 248, 249, 250, 251)
limit("constants", function(n) return many(n, function(i) return "a=" .. i .. ".5" end, "\n") end, 254, 255, 256, 257, 300)
limit("constants in a table", function(n) return "return {" .. many(n, function(i) return i .. ".5" end, ",") .. "}" end, 255, 256, 257, 262144, 262145)
limit("items", function(n) return "return {" .. rep("1,", n) .. "}" end, 49, 50, 51, 99, 100, 101, 25550, 25600, 25601)
limit("fields", function(n) return "return {" .. many(n, function(i) return "f" .. i .. "=1" end, ",") .. "}" end, 15, 16, 17, 255, 256, 257, 511, 512, 513, 1025)
limit("long jump", function(n) return "while a do " .. rep("x=1 ", n) .. "end" end, 1000, 65534, 65535, 65536, 131070, 131071, 131072)
limit("elseif", function(n) return "if a then " .. rep("elseif a then ", n) .. "end" end, 10, 300)
limit("lines", function(n) return rep("\n", n) .. "x x" end, 0, 1, 100, 100000)
limit("string", function(n) return "return '" .. rep("x", n) .. "' 1" end, 1, 50, 60, 61, 75, 76, 79, 80, 81, 100, 200)
limit("near long names", function(n) return rep("n", n) .. " " .. rep("m", n) end, 10, 79, 80, 81, 100, 500)
-- Where a chunk says it comes from.
for _, name in ipairs { "=short", "@file.lua", "@" .. rep("d/", 40) .. "file.lua", "=" .. rep("e", 100), "return 1\nsecond", "line that is rather long and goes on and on and on and on and on", "", "=", "@", "\n", "a\rb", rep("z", 59), rep("z", 42), rep("z", 45), rep("z", 46), rep("z", 47), rep("z", 48), "=" .. rep("e", 59), "=" .. rep("e", 60), "@" .. rep("f", 59), "@" .. rep("f", 60), "@" .. rep("f", 61) } do
  emit("chunk name " .. show(name), show((select(2, loadstring("x x", name)))) .. show(select(2, pcall(loadstring("error('e')", name)))) .. show(debug.getinfo(loadstring("", name), "S").short_src))
end

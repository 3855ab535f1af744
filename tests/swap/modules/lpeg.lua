-- lpeg: grammars for JSON, arithmetic and a small language, substitution, captures, errors.
local lpeg = require "lpeg"
local P, R, S, V, C, Ct, Cc, Cf, Cg, Cs, Cp, Cb, Cmt = lpeg.P, lpeg.R, lpeg.S, lpeg.V, lpeg.C, lpeg.Ct, lpeg.Cc, lpeg.Cf, lpeg.Cg, lpeg.Cs, lpeg.Cp, lpeg.Cb, lpeg.Cmt
print(lpeg.version and lpeg.version(), lpeg.type(P "x"), lpeg.type(5))

local space = S " \t\n" ^ 0
local function token(p) return p * space end

-- arithmetic, evaluated while it is parsed
local number = token(C(P "-" ^ -1 * R "09" ^ 1 * (P "." * R "09" ^ 1) ^ -1) / tonumber)
local function eval(a, op, b)
  if op == "+" then return a + b elseif op == "-" then return a - b elseif op == "*" then return a * b elseif op == "/" then return a / b else return a ^ b end
end
local arithmetic = P {
  "line",
  line = space * V "sum" * -1,
  sum = Cf(V "product" * Cg(token(C(S "+-")) * V "product") ^ 0, eval),
  product = Cf(V "power" * Cg(token(C(S "*/")) * V "power") ^ 0, eval),
  power = Cf(V "atom" * Cg(token(C "^") * V "atom") ^ 0, eval),
  atom = number + token "(" * V "sum" * token ")",
}
for _, s in ipairs { "1 + 2 * 3", "(1+2)*3", "2^10 - 1", "10 / 4 - 1", "((((7))))", "1 +", "2 * (3 + 4) * 5", "-3 + 5", "" } do print(s, arithmetic:match(s)) end

-- JSON into tables
local null = {}
local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local str = token(P '"' * Cs((P "\\" * C(1) / function(c) return escapes[c] or c end + (1 - S '"\\')) ^ 0) * P '"')
local json = P {
  "value",
  value = space * (V "object" + V "array" + str + V "number" + V "literal"),
  number = token(C(P "-" ^ -1 * R "09" ^ 1 * (P "." * R "09" ^ 1) ^ -1 * (S "eE" * S "+-" ^ -1 * R "09" ^ 1) ^ -1) / tonumber),
  literal = token(P "true" * Cc(true) + P "false" * Cc(false) + P "null" * Cc(null)),
  array = token "[" * Ct((V "value" * (token "," * V "value") ^ 0) ^ -1) * token "]",
  object = token "{" * Cf(Ct "" * (V "pair" * (token "," * V "pair") ^ 0) ^ -1, rawset) * token "}",
  pair = Cg(str * token ":" * V "value"),
} * -1
local function show(v)
  if v == null then return "null" end
  if type(v) ~= "table" then return type(v) == "string" and ("%q"):format(v) or tostring(v) end
  local out, keys = {}, {}
  for k in pairs(v) do keys[#keys + 1] = k end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, k in ipairs(keys) do out[i] = tostring(k) .. ":" .. show(v[k]) end
  return "{" .. table.concat(out, ",") .. "}"
end
print(show(json:match [[ {"name": "lpeg", "list": [1, 2.5, -3e2, [], {}], "t": true, "n": null, "s": "a\"b\nc"} ]]))
print(json:match "[1, 2", json:match "{1:2}")
local parts = {}
for i = 1, 20000 do parts[i] = ('{"id": %d, "name": "item %d", "tags": ["x", "y", %d]}'):format(i, i, i % 7) end
local big = json:match("[" .. table.concat(parts, ",") .. "]")
local sum = 0
for _, item in ipairs(big) do sum = sum + item.id + item.tags[3] end
print(#big, sum, big[777].name)

-- captures of every kind
print(P "a" * Cp() * C "b" * Cc(1, 2) ~= nil, (P "a" * Cp() * C "b" * Cc(1, 2)):match "ab")
print(Cs((P "cat" / "dog" + 1) ^ 0):match "cat and cat", Cs((R "az" / string.upper + 1) ^ 0):match "mixed Case")
print((Cg(R "az" ^ 1, "word") * P "=" * Cb "word" * P "/" * C(1)):match "abc=/z")
print(Ct(Cg(C(1), "first") * Cg(C(1), "second") * C(1)):match("xyz").second)
print((C(1) / { a = "from table" }):match "a", (C(R "09" ^ 1) / "<%0|%1>"):match "42", (C(1) * C(1) / 2):match "pq")
print(Cmt(C(R "az" ^ 1), function(s, i, word) return word == "yes" and i or false, "got " .. word end):match "yes", Cmt(P "a", function() return false end):match "a")
print((lpeg.Carg(1) * C(1)):match("x", 1, "extra"), lpeg.B "a" ~= nil and (1 * lpeg.B "a" * C "b"):match "ab", (#P "a" * C(1)):match "a", (-P "a" * C(1)):match "b")
print((P "x" + P "y"):match "y", (P "x" - P "xy"):match "xy", (P(3) * -1):match "abc", P(true):match "", P(-1):match "", (P "a" ^ -2):match "aaa", (P "a" ^ 2):match "a", lpeg.S "":match "x")
local function anywhere(p) return P { p + 1 * V(1) } end
print(anywhere(Cp() * "needle" * Cp()):match("hay needle hay"))
local balanced = P { "(" * ((1 - S "()") + V(1)) ^ 0 * ")" }
print(C(balanced):match "(a(b)(c(d))e)f", balanced:match "(((", C(balanced):match(("("):rep(150) .. (")"):rep(150)) ~= nil)
local csv = Ct((C((1 - S ",\n") ^ 0) * (P "," * C((1 - S ",\n") ^ 0)) ^ 0) * (P "\n" + -1))
print(table.concat(csv:match "a,b,,d\n", "|"))
-- errors
print(pcall(lpeg.P, {})) print(pcall(function() return P { V "x" } end)) print(pcall(function() return P { V(1) } end)) print(pcall(function() return (P "" ^ 0) end)) print(pcall(lpeg.R, "abc")) print(pcall(lpeg.match, "x")) print(pcall(function() return lpeg.type(P "x" / 1) end)) print(pcall(function() return P "x" / 1 % 2 end)) print(pcall(function() return (C(1) / function() error "in capture" end):match "x" end)) print(pcall(function() return P "a" + nil end))
print(pcall(function() return P { "a", a = P "x" * V "b" } end))
local re = require "re"
print(re.match("key = value", "{%w+} %s* '=' %s* {%w+}"), re.find("abc 123", "[0-9]+"), re.gsub("hello world", "[aeiou]", "*"))
print(table.concat(re.match("1,22,333", "{| {[0-9]+} (',' {[0-9]+})* |}"), " "))

-- Parser combinators by closures: an arithmetic grammar evaluated while it is parsed.
local scale = tonumber((...)) or 1

local function literal(s) local n = #s; return function(t, i) if t:sub(i, i + n - 1) == s then return i + n, s end end end
local function pattern(p) p = "^" .. p; return function(t, i) local _, e = t:find(p, i); if e then return e + 1, t:sub(i, e) end end end
local function map(f, p) return function(t, i) local j, v = p(t, i); if j then return j, f(v) end end end
local function choice(...)
  local options = { ... }
  return function(t, i)
    for k = 1, #options do local j, v = options[k](t, i); if j then return j, v end end
  end
end
local function sequence(...)
  local parts = { ... }
  return function(t, i)
    local values = {}
    for k = 1, #parts do
      local j, v = parts[k](t, i)
      if not j then return nil end
      i = j; values[k] = v
    end
    return i, values
  end
end
local function many(p)
  return function(t, i)
    local values = {}
    while true do
      local j, v = p(t, i)
      if not j then return i, values end
      i = j; values[#values + 1] = v
    end
  end
end
local rules = {}
local function rule(name) return function(t, i) return rules[name](t, i) end end
local function fold(v)
  local acc = v[1]
  for _, pair in ipairs(v[2]) do
    local op, x = pair[1], pair[2]
    if op == "+" then acc = acc + x elseif op == "-" then acc = acc - x
    elseif op == "*" then acc = acc * x else acc = acc / x end
  end
  return acc
end
local space = pattern("%s*")
local function token(p) return map(function(v) return v[1] end, sequence(p, space)) end
local number = token(map(tonumber, pattern("%d+")))
local group = map(function(v) return v[2] end, sequence(token(literal("(")), rule("sum"), token(literal(")"))))
local atom = choice(number, group)
rules.product = map(fold, sequence(atom, many(sequence(token(choice(literal("*"), literal("/"))), atom))))
rules.sum = map(fold, sequence(rule("product"), many(sequence(token(choice(literal("+"), literal("-"))), rule("product")))))

local text = "1 + 2 * (3 + 4) - 10 / 5 + (6 * (7 - 2) + 8) * 3 - 4 * (5 + (6 - 7)) + 12"
local sum = 0
for i = 1, math.floor(7900 * scale) do
  local _, v = rules.sum(text, 1)
  sum = sum + v
end
print(string.format("%.10g", sum))

-- Parser combinators, closures that return closures: expressions to trees and to code, and regular expressions that backtrack.
local scale = tonumber((...)) or 1

-- A parser is a function of text and position that returns the next position and a value, or nothing.
local function literal(s)
  local n = #s
  return function(text, at)
    if text:sub(at, at + n - 1) == s then return at + n, s end
  end
end
local function pattern(p)
  p = "^(" .. p .. ")()"
  return function(text, at)
    local _, _, value, after = text:find(p, at)
    if value then return after, value end
  end
end
local function choice(...)
  local options = { ... }
  return function(text, at)
    for _, p in ipairs(options) do
      local after, value = p(text, at)
      if after then return after, value end
    end
  end
end
local function seq(...)
  local parts, n = { ... }, select("#", ...)
  return function(text, at)
    local values = {}
    for i = 1, n do
      local after, value = parts[i](text, at)
      if not after then return nil end
      at, values[i] = after, value
    end
    return at, values
  end
end
local function many(p)
  return function(text, at)
    local values = {}
    while true do
      local after, value = p(text, at)
      if not after then return at, values end
      at = after
      values[#values + 1] = value
    end
  end
end
local function map(p, f)
  return function(text, at)
    local after, value = p(text, at)
    if after then return after, f(value) end
  end
end
local function lazy(get) return function(text, at) return get()(text, at) end end
local function token(p) return map(seq(p, pattern("%s*")), function(v) return v[1] end) end
local function sym(s) return token(literal(s)) end
local function chainl(operand, operator)
  return map(seq(operand, many(seq(operator, operand))), function(v)
    local left = v[1]
    for _, pair in ipairs(v[2]) do left = { op = pair[1], left = left, right = pair[2] } end
    return left
  end)
end
local function separated(p, by)
  return choice(map(seq(p, many(seq(by, p))), function(v)
    local out = { v[1] }
    for _, pair in ipairs(v[2]) do out[#out + 1] = pair[2] end
    return out
  end), function(_, at) return at, {} end)
end

local expression
local number = map(token(pattern("%d+%.?%d*")), function(v) return { op = "number", value = tonumber(v) } end)
local name = token(pattern("[%a_][%w_]*"))
local variable = map(name, function(v) return { op = "variable", name = v } end)
local call = map(seq(name, sym("("), separated(lazy(function() return expression end), sym(",")), sym(")")),
  function(v) return { op = "call", name = v[1], arguments = v[3] } end)
local parens = map(seq(sym("("), lazy(function() return expression end), sym(")")), function(v) return v[2] end)
local atom = choice(number, call, variable, parens)
local factor = map(seq(many(sym("-")), atom), function(v)
  return #v[1] % 2 == 1 and { op = "negate", left = v[2] } or v[2]
end)
local term = chainl(factor, choice(sym("*"), sym("/"), sym("%")))
local sum = chainl(term, choice(sym("+"), sym("-")))
expression = map(seq(sum, many(seq(choice(sym("<="), sym("<"), sym("==")), sum))), function(v)
  local left = v[1]
  for _, pair in ipairs(v[2]) do left = { op = pair[1], left = left, right = pair[2] } end
  return left
end)

local operations = {
  number = function(n) return n.value end,
  variable = function(n, env) return env[n.name] or error("no variable " .. n.name, 0) end,
  negate = function(n, env, eval) return -eval(n.left, env) end,
  call = function(n, env, eval)
    local a, b = n.arguments[1], n.arguments[2]
    return env[n.name](a and eval(a, env), b and eval(b, env))
  end,
  ["+"] = function(n, env, eval) return eval(n.left, env) + eval(n.right, env) end,
  ["-"] = function(n, env, eval) return eval(n.left, env) - eval(n.right, env) end,
  ["*"] = function(n, env, eval) return eval(n.left, env) * eval(n.right, env) end,
  ["/"] = function(n, env, eval) return eval(n.left, env) / eval(n.right, env) end,
  ["%"] = function(n, env, eval) return eval(n.left, env) % eval(n.right, env) end,
  ["<"] = function(n, env, eval) return eval(n.left, env) < eval(n.right, env) and 1 or 0 end,
  ["<="] = function(n, env, eval) return eval(n.left, env) <= eval(n.right, env) and 1 or 0 end,
  ["=="] = function(n, env, eval) return eval(n.left, env) == eval(n.right, env) and 1 or 0 end,
}
local function eval(n, env) return operations[n.op](n, env, eval) end

-- Regular expressions: a matcher is a function of text, position and what comes after.
local function regex(source)
  local at, alternatives = 1, nil
  local function char(test)
    return function(text, i, k)
      local c = text:sub(i, i)
      if c ~= "" and test(c) then return k(i + 1) end
    end
  end
  local function single()
    local c = source:sub(at, at)
    at = at + 1
    if c == "(" then
      local inner = alternatives()
      at = at + 1
      return inner
    elseif c == "." then
      return char(function() return true end)
    elseif c == "[" then
      local set = {}
      while source:sub(at, at) ~= "]" do
        local from, to = source:match("^(.)%-([^%]])", at)
        if from then
          for b = from:byte(), to:byte() do set[string.char(b)] = true end
          at = at + 3
        else
          set[source:sub(at, at)] = true
          at = at + 1
        end
      end
      at = at + 1
      return char(function(x) return set[x] end)
    end
    return char(function(x) return x == c end)
  end
  local function piece()
    local m = single()
    local q = source:sub(at, at)
    if q ~= "*" and q ~= "+" and q ~= "?" then return m end
    at = at + 1
    local function star(text, i, k)
      local r = m(text, i, function(j) return j > i and star(text, j, k) or nil end)
      if r then return r end
      return k(i)
    end
    if q == "*" then return star end
    if q == "?" then return function(text, i, k) return m(text, i, k) or k(i) end end
    return function(text, i, k) return m(text, i, function(j) return star(text, j, k) end) end
  end
  local function concatenation()
    local pieces = {}
    while at <= #source and not source:find("^[|)]", at) do pieces[#pieces + 1] = piece() end
    local function from(n)
      local m = pieces[n]
      if not m then return function(text, i, k) return k(i) end end
      if n == #pieces then return m end
      local rest = from(n + 1)
      return function(text, i, k) return m(text, i, function(j) return rest(text, j, k) end) end
    end
    return from(1)
  end
  function alternatives()
    local first = concatenation()
    if source:sub(at, at) ~= "|" then return first end
    at = at + 1
    local second = alternatives()
    return function(text, i, k) return first(text, i, k) or second(text, i, k) end
  end
  local m = alternatives()
  return function(text)
    for i = 1, #text do
      local stop = m(text, i, function(j) return j end)
      if stop then return i, stop - 1 end
    end
  end
end

local env = { x = 3, y = 4.5, rate = 0.25, max = math.max, min = math.min, twice = function(v) return v * 2 end }
local sources = {
  "x + y * 2 - (rate / 4 + 1) * twice(x)", "max(x, min(y, 10)) + -x * --3 + 17 % 5",
  "(x + 1) * (x + 2) * (x + 3) < y * y * y == 1", "twice(twice(max(1 + 2, 3 * 4))) / (rate + rate) <= x * 1000",
}
local expressions = {
  regex("[a-z]+@[a-z]+(.com|.org|.net)"), regex("(ab|a)*c"), regex("[0-9]+(.[0-9]+)?(e[0-9]+)?"), regex("(x+x+)+y"),
}
local texts = {
  "write to someone@example.org today", "abaabababaac", "the number 3.14e10 is there", "xxxxxxxxxxy", "nothing of that kind", "xxxxxxxxx",
}
local total, matched = 0, 0
for i = 1, math.floor(1700 * scale + 0.5) do
  env.x = i % 13
  for _, s in ipairs(sources) do
    local after, tree = expression(s, 1)
    assert(after == #s + 1, s)
    for j = 1, 4 do
      env.y = j
      total = total + eval(tree, env)
    end
  end
  local e = expressions[i % #expressions + 1]
  for _, text in ipairs(texts) do
    local from, to = e(text)
    if from then matched = matched + from + to end
  end
end
print(("%.6f %d"):format(total, matched))

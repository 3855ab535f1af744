-- A tokenizer, parser and evaluator of a small language with functions, loops and closures; its errors name lines.
local keywords = {} for w in ("let fn if else while return true false nil and or not print"):gmatch("%a+") do keywords[w] = true end
local function tokenize(source)
  local tokens, line, i = {}, 1, 1
  while i <= #source do
    local s, e = source:find("^[ \t\r]+", i)
    if s then i = e + 1
    elseif source:sub(i, i) == "\n" then line, i = line + 1, i + 1
    elseif source:find("^#[^\n]*", i) then i = select(2, source:find("^#[^\n]*", i)) + 1
    else
      local kind, text
      for _, rule in ipairs { { "number", "^%d+%.?%d*" }, { "name", "^[%a_][%w_]*" }, { "string", '^"[^"\n]*"' }, { "op", "^[=<>!]=" }, { "op", "^[%+%-%*/%%%(%)%[%]{},;=<>]" } } do
        text = source:match(rule[2], i)
        if text then kind = rule[1] break end
      end
      if not kind then error(("line %d: unexpected '%s'"):format(line, source:sub(i, i)), 0) end
      i = i + #text
      if kind == "name" and keywords[text] then kind = text elseif kind == "op" then kind = text end
      tokens[#tokens + 1] = { kind = kind, text = text, line = line }
    end
  end
  tokens[#tokens + 1] = { kind = "eof", text = "end of file", line = line }
  return tokens
end

local Parser = {} Parser.__index = Parser
function Parser:peek() return self.tokens[self.at] end
function Parser:next() local t = self:peek() self.at = self.at + 1 return t end
function Parser:accept(kind) if self:peek().kind == kind then return self:next() end end
function Parser:expect(kind) return self:accept(kind) or error(("line %d: '%s' expected near '%s'"):format(self:peek().line, kind, self:peek().text), 0) end
local precedence = { ["or"] = 1, ["and"] = 2, ["=="] = 3, ["!="] = 3, ["<"] = 4, [">"] = 4, ["<="] = 4, [">="] = 4, ["+"] = 5, ["-"] = 5, ["*"] = 6, ["/"] = 6, ["%"] = 6 }
function Parser:expression(limit)
  local left = self:unary()
  while true do
    local op = self:peek()
    local p = precedence[op.kind]
    if not p or p <= (limit or 0) then return left end
    self:next()
    left = { kind = "binary", op = op.kind, left = left, right = self:expression(p), line = op.line }
  end
end
function Parser:unary()
  local t = self:accept("-") or self:accept("not")
  if t then return { kind = "unary", op = t.kind, value = self:unary(), line = t.line } end
  return self:postfix()
end
function Parser:list(close)
  local out = {}
  if not self:accept(close) then
    repeat out[#out + 1] = self:expression() until not self:accept(",")
    self:expect(close)
  end
  return out
end
function Parser:postfix()
  local e = self:primary()
  while true do
    local t = self:peek()
    if self:accept("(") then e = { kind = "call", callee = e, args = self:list(")"), line = t.line }
    elseif self:accept("[") then e = { kind = "index", object = e, key = self:expression(), line = t.line } self:expect("]")
    else return e end
  end
end
function Parser:primary()
  local t = self:next()
  if t.kind == "number" then return { kind = "constant", value = tonumber(t.text) }
  elseif t.kind == "string" then return { kind = "constant", value = t.text:sub(2, -2) }
  elseif t.kind == "true" then return { kind = "constant", value = true }
  elseif t.kind == "false" then return { kind = "constant", value = false }
  elseif t.kind == "nil" then return { kind = "constant" }
  elseif t.kind == "name" then return { kind = "name", name = t.text, line = t.line }
  elseif t.kind == "(" then local e = self:expression() self:expect(")") return e
  elseif t.kind == "[" then return { kind = "list", items = self:list("]") }
  elseif t.kind == "fn" then
    self:expect("(")
    local params = {}
    if not self:accept(")") then repeat params[#params + 1] = self:expect("name").text until not self:accept(",") self:expect(")") end
    return { kind = "function", params = params, body = self:block() }
  end
  error(("line %d: expression expected near '%s'"):format(t.line, t.text), 0)
end
function Parser:block()
  self:expect("{")
  local out = {}
  while not self:accept("}") do out[#out + 1] = self:statement() end
  return out
end
function Parser:statement()
  local t = self:peek()
  if self:accept("let") then local name = self:expect("name").text self:expect("=") local e = self:expression() self:expect(";") return { kind = "let", name = name, value = e }
  elseif self:accept("print") then local args = { self:expression() } while self:accept(",") do args[#args + 1] = self:expression() end self:expect(";") return { kind = "print", args = args }
  elseif self:accept("return") then local e = self:peek().kind ~= ";" and self:expression() or nil self:expect(";") return { kind = "return", value = e }
  elseif self:accept("while") then local c = self:expression() return { kind = "while", condition = c, body = self:block() }
  elseif self:accept("if") then
    local node = { kind = "if", condition = self:expression(), body = self:block() }
    if self:accept("else") then node.otherwise = self:peek().kind == "if" and { self:statement() } or self:block() end
    return node
  end
  local e = self:expression()
  if self:accept("=") then
    if e.kind ~= "name" and e.kind ~= "index" then error(("line %d: cannot assign"):format(t.line), 0) end
    local v = self:expression() self:expect(";")
    return { kind = "assign", target = e, value = v, line = t.line }
  end
  self:expect(";")
  return { kind = "expression", value = e }
end

local evaluate, execute
local function fault(node, message) error(("line %d: %s"):format(node.line or 0, message), 0) end
local function scopeOf(env, name) while env do if env.vars[name] ~= nil then return env end env = env.parent end end
local none = {}
local binary = { ["+"] = function(a, b) if type(a) == "string" then return a .. tostring(b) end return a + b end, ["-"] = function(a, b) return a - b end, ["*"] = function(a, b) return a * b end, ["/"] = function(a, b) return a / b end, ["%"] = function(a, b) return a % b end, ["<"] = function(a, b) return a < b end, [">"] = function(a, b) return a > b end, ["<="] = function(a, b) return a <= b end, [">="] = function(a, b) return a >= b end, ["=="] = function(a, b) return a == b end, ["!="] = function(a, b) return a ~= b end }
local visit = {}
function visit.constant(n) return n.value end
function visit.name(n, env) local s = scopeOf(env, n.name) or fault(n, "undefined variable " .. n.name) local v = s.vars[n.name] if v == none then return nil end return v end
function visit.list(n, env) local out = {} for i, item in ipairs(n.items) do out[i] = evaluate(item, env) end return out end
function visit.index(n, env) local o, k = evaluate(n.object, env), evaluate(n.key, env) if type(o) == "string" then return o:sub(k, k) end if type(o) ~= "table" then fault(n, "cannot index a " .. type(o)) end return o[k] end
function visit.unary(n, env) local v = evaluate(n.value, env) if n.op == "not" then return not v end if type(v) ~= "number" then fault(n, "cannot negate a " .. type(v)) end return -v end
visit["function"] = function(n, env) return function(...) local scope = { vars = {}, parent = env } for i, p in ipairs(n.params) do local v = select(i, ...) scope.vars[p] = v == nil and none or v end local done, value = execute(n.body, scope) return value end end
function visit.binary(n, env)
  if n.op == "and" then return evaluate(n.left, env) and evaluate(n.right, env) elseif n.op == "or" then return evaluate(n.left, env) or evaluate(n.right, env) end
  local a, b = evaluate(n.left, env), evaluate(n.right, env)
  local ok, r = pcall(binary[n.op], a, b)
  if not ok then fault(n, ("bad operands of '%s': %s, %s"):format(n.op, type(a), type(b))) end
  return r
end
function visit.call(n, env) local f = evaluate(n.callee, env) if type(f) ~= "function" then fault(n, "cannot call a " .. type(f)) end local args = {} for i, a in ipairs(n.args) do args[i] = evaluate(a, env) end return f(unpack(args, 1, #n.args)) end
function evaluate(n, env) return visit[n.kind](n, env) end
function execute(body, env)
  for _, s in ipairs(body) do
    if s.kind == "let" then local v = evaluate(s.value, env) env.vars[s.name] = v == nil and none or v
    elseif s.kind == "assign" then
      local v = evaluate(s.value, env)
      if s.target.kind == "name" then local scope = scopeOf(env, s.target.name) or fault(s, "undefined variable " .. s.target.name) scope.vars[s.target.name] = v == nil and none or v
      else evaluate(s.target.object, env)[evaluate(s.target.key, env)] = v end
    elseif s.kind == "print" then local out = {} for i, a in ipairs(s.args) do out[i] = tostring(evaluate(a, env)) end print(table.concat(out, " "))
    elseif s.kind == "return" then return true, s.value and evaluate(s.value, env)
    elseif s.kind == "while" then while evaluate(s.condition, env) do local done, v = execute(s.body, { vars = {}, parent = env }) if done then return true, v end end
    elseif s.kind == "if" then local branch = evaluate(s.condition, env) and s.body or s.otherwise if branch then local done, v = execute(branch, { vars = {}, parent = env }) if done then return true, v end end
    else evaluate(s.value, env) end
  end
end
local function run(source)
  local ok, message = pcall(function()
    local parser = setmetatable({ tokens = tokenize(source), at = 1 }, Parser)
    local body = {}
    while parser:peek().kind ~= "eof" do body[#body + 1] = parser:statement() end
    execute(body, { vars = { len = function(x) return #x end, push = function(l, v) l[#l + 1] = v return l end, sqrt = math.sqrt } })
  end)
  if not ok then print("error: " .. tostring(message)) end
end
run [[ let x = 2; let y = 3; print x + y * 2, (x + y) * 2, -x - -y, 10 / 4, 7 % 3, x < y and "less" or "more", not true, "s" + 1; ]]
run [[ let fact = fn(n) { if n < 2 { return 1; } return n * fact(n - 1); }; let i = 1; while i <= 10 { print i, fact(i); i = i + 1; } ]]
run [[ let counter = fn() { let n = 0; return fn() { n = n + 1; return n; }; }; let a = counter(); let b = counter(); a(); a(); print a(), b(); ]]
run [[ let fib = fn(n) { if n < 2 { return n; } else { return fib(n - 1) + fib(n - 2); } }; print fib(18); ]]
run [[
# primes by trial division
let primes = []; let n = 2;
while len(primes) < 20 { let ok = true; let i = 1; while ok and i <= len(primes) { if n % primes[i] == 0 { ok = false; } i = i + 1; } if ok { push(primes, n); } n = n + 1; }
let s = ""; let i = 1; while i <= len(primes) { s = s + primes[i] + " "; i = i + 1; } print s;
let sort = fn(l) { let i = 2; while i <= len(l) { let j = i; while j > 1 and l[j - 1] > l[j] { let t = l[j]; l[j] = l[j - 1]; l[j - 1] = t; j = j - 1; } i = i + 1; } return l; };
let l = sort([5, 3, 9, 1, 7]); print l[1], l[2], l[3], l[4], l[5];
let compose = fn(f, g) { return fn(x) { return f(g(x)); }; }; print compose(fn(x) { return x * 2; }, fn(x) { return x + 1; })(5); ]]
for _, bad in ipairs { "let x = ;", "print 1 +;", "x = 1;", "\n\nprint y;", "let x = 5; x();", "print 1 + nil;", "let f = fn(a { };", "while 1 { print", "5 = x;", "print @;", "print -\"s\";", "let l = 5; print l[1];", "print \"unfinished;" } do run(bad) end

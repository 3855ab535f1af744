-- A small Scheme: read by gmatch, analysed into closures, environments with names as keys, varargs, escapes by error.
local scale = tonumber((...)) or 1
local unpack = unpack or table.unpack

local function read(text)
  local stack, top = {}, {}
  for token in text:gsub("[()]", " %0 "):gmatch("%S+") do
    if token == "(" then
      stack[#stack + 1] = top
      top = {}
    elseif token == ")" then
      local done = top
      top = table.remove(stack)
      top[#top + 1] = done
    else
      top[#top + 1] = tonumber(token) or token
    end
  end
  return top
end

local Env = {}
Env.__index = Env
function Env.new(parent) return setmetatable({ vars = {}, parent = parent }, Env) end
function Env:find(name)
  local e = self
  while e do
    if e.vars[name] ~= nil then return e.vars end
    e = e.parent
  end
  error("unbound variable: " .. name, 0)
end

local special, analyse = {}, nil

local function sequence(list, from)
  local steps = {}
  for i = from, #list do steps[#steps + 1] = analyse(list[i]) end
  local n = #steps
  if n == 1 then return steps[1] end
  return function(env)
    for i = 1, n - 1 do steps[i](env) end
    return steps[n](env)
  end
end
special["if"] = function(x)
  local test, yes, no = analyse(x[2]), analyse(x[3]), x[4] ~= nil and analyse(x[4]) or function() return false end
  return function(env)
    if test(env) then return yes(env) end
    return no(env)
  end
end
special["define"] = function(x)
  if type(x[2]) == "table" then
    local name, rest = x[2][1], { "lambda", { unpack(x[2], 2) } }
    for i = 3, #x do rest[#rest + 1] = x[i] end
    x = { "define", name, rest }
  end
  local name, value = x[2], analyse(x[3])
  return function(env) env.vars[name] = value(env) return name end
end
special["set!"] = function(x)
  local name, value = x[2], analyse(x[3])
  return function(env) env:find(name)[name] = value(env) end
end
special["lambda"] = function(x)
  local names, body = x[2], sequence(x, 3)
  local count, rest = #names, nil
  if names[count - 1] == "." then rest, count = names[count], count - 2 end
  return function(env)
    return function(...)
      local new = Env.new(env)
      local vars = new.vars
      for i = 1, count do vars[names[i]] = (select(i, ...)) end
      if rest then vars[rest] = { select(count + 1, ...) } end
      return body(new)
    end
  end
end
special["let"] = function(x)
  local names, values, body = {}, {}, sequence(x, 3)
  for i, pair in ipairs(x[2]) do names[i], values[i] = pair[1], analyse(pair[2]) end
  return function(env)
    local new = Env.new(env)
    for i, name in ipairs(names) do new.vars[name] = values[i](env) end
    return body(new)
  end
end

function analyse(x)
  if type(x) == "number" then return function() return x end end
  if type(x) == "string" then return function(env) return env:find(x)[x] end end
  local form = type(x[1]) == "string" and special[x[1]]
  if form then return form(x) end
  local operator, operands, n = analyse(x[1]), {}, #x - 1
  for i = 1, n do operands[i] = analyse(x[i + 1]) end
  if n == 1 then
    local a = operands[1]
    return function(env) return operator(env)(a(env)) end
  elseif n == 2 then
    local a, b = operands[1], operands[2]
    return function(env) return operator(env)(a(env), b(env)) end
  end
  return function(env)
    local values = {}
    for i = 1, n do values[i] = operands[i](env) end
    return operator(env)(unpack(values, 1, n))
  end
end

local globals = Env.new(nil)
local function fold(f)
  return function(a, ...)
    for i = 1, select("#", ...) do a = f(a, (select(i, ...))) end
    return a
  end
end
local builtins = {
  ["+"] = fold(function(a, b) return a + b end), ["*"] = fold(function(a, b) return a * b end),
  ["-"] = function(a, b) return a - b end, ["<"] = function(a, b) return a < b end,
  ["="] = function(a, b) return a == b end, list = function(...) return { ... } end,
  modulo = function(a, b) return a % b end, apply = function(f, list) return f(unpack(list)) end,
  ref = function(list, i) return list[i] end, length = function(list) return #list end,
  ["push!"] = function(list, x) list[#list + 1] = x return list end,
  escape = function(f)
    local mark = {}
    local ok, value = pcall(f, function(v) mark.value = v error(mark, 0) end)
    if ok then return value end
    if value == mark then return mark.value end
    error(value, 0)
  end,
}
for name, f in pairs(builtins) do globals.vars[name] = f end

local program = read [[
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(define (map f l) (let ((out (list)) (i 1)) (loop i (length l) (lambda (i) (push! out (f (ref l i))))) out))
(define (loop i n body) (if (< n i) 0 (let ((r (body i))) (loop (+ i 1) n body))))
(define (counter) (let ((n 0)) (lambda (by) (set! n (+ n by)) n)))
(define (sum . numbers) (apply + numbers))
(define (compose f g) (lambda (x) (f (g x))))
(define (find l test) (escape (lambda (return) (loop 1 (length l) (lambda (i) (if (test (ref l i)) (return i) 0))) (return 0))))
(define (main n)
  (let ((c (counter)) (numbers (list)))
    (loop 1 60 (lambda (i) (push! numbers (modulo (* i n) 61))))
    (let ((doubled (map (compose (lambda (x) (* x 2)) (lambda (x) (+ x 1))) numbers)))
      (c (fib 13))
      (c (apply sum doubled))
      (c (find doubled (lambda (x) (< 110 x))))
      (c 1 2 3))))
]]
for _, form in ipairs(program) do analyse(form)(globals) end
local main, total = globals.vars.main, 0
for i = 1, math.floor(580 * scale + 0.5) do total = total + main(i) end
print(("%d"):format(total))

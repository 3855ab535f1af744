-- A Lisp interpreter: reader, environments as chained tables, closures, tail recursion by a loop.
local scale = tonumber((...)) or 1

local function read(s)
  local at = 1
  local function form()
    at = s:find("%S", at)
    local c = s:sub(at, at)
    if c == "(" then
      at = at + 1
      local list = {}
      while true do
        at = s:find("%S", at)
        if s:sub(at, at) == ")" then at = at + 1 return list end
        list[#list + 1] = form()
      end
    end
    local from, to = s:find("^[^%s()]+", at)
    at = to + 1
    local atom = s:sub(from, to)
    return tonumber(atom) or atom
  end
  return form()
end
local function environment(parent) return setmetatable({}, { __index = parent }) end
local globals = {
  ["+"] = function(a, b) return a + b end, ["-"] = function(a, b) return a - b end,
  ["*"] = function(a, b) return a * b end, ["<"] = function(a, b) return a < b end,
  ["="] = function(a, b) return a == b end,
  cons = function(a, b) return { a, b } end, car = function(p) return p[1] end, cdr = function(p) return p[2] end,
}
globals["nil"] = false
local function eval(x, env)
  while true do
    if type(x) == "string" then return env[x] end
    if type(x) ~= "table" then return x end
    local op = x[1]
    if op == "if" then
      if eval(x[2], env) then x = x[3] else x = x[4] end
    elseif op == "define" then
      globals[x[2]] = eval(x[3], env)
      return nil
    elseif op == "lambda" then return { parameters = x[2], body = x[3], env = env }
    else
      local f = eval(op, env)
      if type(f) == "function" then
        return f(eval(x[2], env), x[3] ~= nil and eval(x[3], env))
      end
      local new = environment(f.env)
      for i, name in ipairs(f.parameters) do new[name] = eval(x[i + 1], env) end
      x, env = f.body, new
    end
  end
end
eval(read("(define fib (lambda (n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))))"), globals)
eval(read("(define range (lambda (a b) (if (< b a) nil (cons a (range (+ a 1) b)))))"), globals)
eval(read("(define sum (lambda (l acc) (if l (sum (cdr l) (+ acc (car l))) acc)))"), globals)
local total = 0
for i = 1, math.floor(64 * scale + 0.5) do
  total = total + eval(read("(fib 16)"), globals) + eval(read("(sum (range 1 150) 0)"), globals)
end
print(total)

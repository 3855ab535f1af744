-- Upvalues as operands and as where results go: numbers, strings that are numbers, objects by metamethods, NaN, errors.

local object = setmetatable({ name = "object" }, {
  __add = function(a, b) return { sum = true, left = type(a), right = type(b) } end,
  __sub = function() return "text" end,
  __mul = function() return nil end,
  __mod = function() return false end,
  __div = function(a, b) return setmetatable({ name = "quotient" }, getmetatable(type(a) == "table" and a or b)) end,
  __unm = function() return function() return "made" end end,
  __lt = function() return true end,
})

local u, v = 0, 0
local function add(x) u = u + x; return u end
local function sub(x) u = u - x; return u end
local function mul(x) u = x * u; return u end
local function div(x) u = u / x; return u end
local function mod(x) u = u % x; return u end
local function pow(x) u = u ^ x; return u end
local function negate() u = -u; return u end
local function seven() u = u % 7; v = u + v; return u, v end
local function copy() v = u; return v end
local function both() u = u + u; v = u * v; return u, v end
local function below(x) if u < x then return "below" elseif u == 1 then return "one" else return "above" end end

local function show(label, f, ...)
  local results = { pcall(f, ...) }
  for i = 1, #results do
    local r = results[i]
    results[i] = type(r) == "table" and "table " .. tostring(r.sum or r.name) or type(r) == "function" and r() or tostring(r)
  end
  print(label, table.concat(results, " "))
end

for _, start in ipairs { 10, "12", "x", object, 0 / 0, 1 / 0, true, {} } do
  for _, operand in ipairs { 3, "4", 0, object, 0 / 0 } do
    for label, f in pairs { add = add } do u, v = start, 1; show(label, f, operand) end
    for _, pair in ipairs { { "sub", sub }, { "mul", mul }, { "div", div }, { "mod", mod }, { "pow", pow } } do
      u, v = start, 1
      show(pair[1], pair[2], operand)
    end
    u = start
    show("below", below, operand)
  end
  u, v = start, 2
  show("negate", negate)
  u, v = start, 2
  show("seven", seven)
  show("both", both)
  show("copy", copy)
end

-- What is stored lives on, whatever the collector is about.
local kept
local function keep(x) kept = kept + x end
local rounds = 0
local chain = {}
chain.__add = function(a, b) rounds = rounds + 1; return setmetatable({ a = a.a + 1, text = ("t"):rep(b % 50) }, chain) end
kept = setmetatable({ a = 0 }, chain)
for i = 1, 30000 do
  keep(i)
  local garbage = { i }
  if i % 10000 == 0 then collectgarbage() end
end
print(kept.a, #kept.text, rounds)

-- Numbers of arguments and of results: fewer and more than parameters, fewer and more than wanted, in functions that are called often.

local function show(...)
  local list = {}
  for k = 1, select("#", ...) do list[k] = tostring((select(k, ...))) end
  return #list .. "(" .. table.concat(list, " ") .. ")"
end

-- Functions of every number of parameters, that call themselves with every number of arguments, and give every number of results.
local sum = 0
for params = 0, 4 do
  for given = 0, 5 do
    for results = 0, 4 do
      local names, values, gives = {}, {}, {}
      for k = 1, params do names[k] = "p" .. k end
      for k = 1, given do values[k] = "n * " .. k end
      for k = 1, results do gives[k] = names[k] or "n + " .. k end
      local text = ([[
        local depth = 0
        local function f(%s)
          if depth == 0 then return %s end
          depth = depth - 1
          local n = depth
          local a, b, c = f(%s)
          f(%s)
          local t = { f(%s) }
          if a ~= t[1] and depth > 0 then mismatch = (mismatch or 0) + 1 end
          return %s
        end
        return function(d, ...) depth = d return f(...) end, function(d, ...) depth = d return (f(...)) end]]):format(
        table.concat(names, ", "), table.concat(gives, ", "):gsub("n %+", "5 +"), table.concat(values, ", "), table.concat(values, ", "), table.concat(values, ", "), table.concat(gives, ", "))
      local f, first = loadstring(text)()
      for again = 1, 40 do
        local a, b, c, d, e = f(again % 9, again, again + 1, again + 2)
        sum = (sum * 3 + (a or 1) + (b or 2) + (c or 3) + (d or 4) + (e or 5)) % 1000003
        if select("#", f(again % 3)) ~= results or select("#", first(again % 3)) ~= 1 then print("wrong count", params, given, results) end
      end
      if given == params then print(params, given, results, show(f(5, 1, 2, 3)), show(first(4, 7)), show(f(2))) end
    end
  end
end
print(sum, mismatch)

-- Missing arguments are nil, though the stack has been used before.
local function dirty(...) local a, b, c, d, e, f, g = 1, 2, 3, 4, 5, 6, 7 return a + b + c + d + e + f + g end
local function wants(a, b, c, d, e)
  if a and a > 0 then
    dirty(1, 2, 3)
    local r, s, t = wants_(a - 1)
    if r ~= nil or s ~= nil or t ~= nil then return "leak" end
  end
  return b, c, d, e
end
wants_ = wants
local leaks = 0
for i = 1, 3000 do
  dirty(i, i, i, i, i, i)
  local a, b, c, d, e = wants(i % 7)
  if a or b or c or d or e then leaks = leaks + 1 end
end
print(leaks, show(wants(3)), show(wants(3, 1, nil, 2)))

-- Locals that are declared without a value are nil in each call.
local function fresh(n)
  local a, b
  local c = n
  if n > 0 then fresh(n - 1) end
  local d
  if a ~= nil or b ~= nil or d ~= nil then return "used" end
  a, b, d = n, "text", {}
  return c
end
local used = 0
for i = 1, 2000 do if fresh(i % 5) ~= i % 5 then used = used + 1 end end
print(used)

-- Variable arguments, by all numbers.
local function count(...) return select("#", ...), ... end
local function drop(n, ...) if n == 0 then return ... end return drop(n - 1, select(2, ...)) end
local function add(n, ...) if n == 0 then return ... end return add(n - 1, n, ...) end
local function last(a, ...) if select("#", ...) == 0 then return a end return last(...) end
local function both(...) local a, b = ... if not a then return b, select("#", ...) end return both(a > 0 and a - 1 or nil, ...) end
local function packed(...) local t = { ... } if #t < 2 then return t[1] or "none" end return packed(unpack(t, 2)) end
local totals = 0
for i = 1, 1500 do
  local n = count(add(i % 8))
  local a, b = drop(i % 4, 1, 2, 3, nil, 5)
  totals = (totals * 3 + n + (a or 100) + (b or 50) + last(add(i % 5, 9)) + (packed(add(i % 6, i)) or 0)) % 1000003
end
print(totals, show(add(5, "x", nil)), show(drop(3, 1, 2, 3, nil)), show(both(5)), show(last(1, 2, nil)), show(packed(1, 2, "z")), show(count()))

-- Long lists, so that the stack grows in the middle.
local function wide(n, ...) if n == 0 then return select("#", ...) end return wide(n - 1, n, ...) end
local function spread(n) if n == 0 then return end return n, spread(n - 1) end
for _, n in ipairs { 1, 10, 50, 150, 200 } do
  local total = 0
  for again = 1, 20 do total = total + wide(n) + select("#", spread(n)) end
  print(n, total, (spread(n)), select("#", unpack({}, 1, n * 3)), wide(3, unpack({}, 1, n * 20)))
end

-- Results in places that want one, all, none.
local function three(n) if n == 0 then return 1, 2, 3 end return three(n - 1) end
local function none(n) if n > 0 then none(n - 1) end end
local seen = 0
for i = 1, 2000 do
  local n = i % 6
  local t = { three(n), three(n) }
  local u = { (three(n)), none(n), three(n), (none(n)), k = three(n) }
  local a, b, c, d = three(n), 5
  local e, f, g = none(n)
  local h = three(n) + three(n) * #t
  if three(n) == 1 and not none(n) then seen = seen + #t + #u + u.k + a + b + h end
  if c or d or e or f or g then print("more than there is") end
  seen = (seen + select("#", none(n)) + select("#", three(n), none(n)) + select("#", (none(n))) + math.max(three(n))) % 1000003
  three(n) none(n)
end
print(seen)

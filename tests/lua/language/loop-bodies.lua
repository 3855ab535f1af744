-- Loops whose body begins with an instruction that uses the loop's variable: as a key, an operand, what is compared, assigned or
-- returned; where jumps lead to that beginning, too; and where a hook changes the variable before.

local function list(n) local t = {} for i = 1, n do t[i] = i * 10 end return t end

-- Keys that are in the array part, behind it, of the hash part, no whole numbers, and of what is no table.
local function read(t, from, to, step)
  local out = {}
  for i = from, to, step do local v = t[i] out[#out + 1] = tostring(v) end
  return table.concat(out, " ")
end
local function write(t, from, to, step, v)
  for i = from, to, step do t[i] = v end
  local out = {}
  for k, v in pairs(t) do out[#out + 1] = tostring(k) .. "=" .. tostring(v) end
  return table.concat(out, " ")
end
local function clear(t, from, to)
  for i = from, to do t[i] = nil end
  return #t
end
local function fill(t, from, to)
  for i = from, to do t[i] = true end
  return #t
end
print(read(list(5), 1, 7, 1), read(list(5), 5, -1, -1), read(list(3), -1, 1, 0.5), read({ [0.5] = "half", [-3] = "low" }, -3, 1, 0.5))
print(write(list(4), 1, 6, 1, "x"))
print(write({}, 0, -3, -1, 1))
print(write({}, 1, 3, 0.5, 2))
print(clear(list(9), 1, 9), clear(list(9), 5, 9), clear(list(9), 20, 22), fill({}, 1, 20), fill({}, 2, 20), fill(list(8), 3, 9))
local watcher = setmetatable({}, {
  __index = function(t, k) return "no " .. k end,
  __newindex = function(t, k, v) print("new", k, v) end,
})
print(read(watcher, 1, 3, 1), write(watcher, 1, 3, 1, "v"))
print(read("text", 1, 2, 1), pcall(read, 5, 1, 2, 1))
print(pcall(write, nil, 1, 2, 1), pcall(write, "text", 1, 2, 1, 0))
print(pcall(read, setmetatable({}, { __index = function(t, k) error("at " .. k, 0) end }), 1, 2, 1))

-- Operands, comparisons, results, upvalues.
local function sums(n) local s = 0 for i = 1, n do s = s + i end return s end
local function squares(n) local s = "" for i = n, 1, -1 do local q = i * i s = s .. q .. " " end return s end
local function shares(n) local s = 0 for i = 1, n do local q = 1 / i s = s + q end return s end
local function rests(n) local s = "" for i = 1, n do if i % 3 == 0 then s = s .. i end end return s end
local function above(n, limit) for i = 1, n do if i > limit then return i end end end
local function below(n, limit) local c = 0 for i = 1, n do if limit > i then c = c + 1 end end return c end
local function equal(n, what) for i = 1, n do if i == 3 then return what end end return i end
local function first(n) for i = n, 10 do return i end return "none" end
local function minus(n) local s = "" for i = 0, n do local m = -i s = s .. m .. "," end return s end
local kept
local function keep(n) for i = 1, n do kept = i end return kept end
local function captured(n)
  local out = {}
  for i = 1, n do
    local f = function() i = i + 1 return i end
    out[i] = f
  end
  return out[1]() + out[1]() + out[n]()
end
print(sums(10), squares(4), shares(4), rests(10), above(10, 6), below(10, 6), equal(5, "three"), first(7), first(12), minus(3), keep(4))
print(captured(3), sums(0 / 0), sums(1e3), above(1 / 0, 3))

-- Other ways to the beginning of the body: a loop there, and one with a condition there.
local function inner_while(n)
  local out = {}
  for i = 1, n do
    while out[i] ~= 3 do out[i] = (out[i] or 0) + 1 end
  end
  return table.concat(out, " ")
end
local function inner_repeat(t)
  local c = 0
  for i = 1, #t do
    repeat local v = t[i] c = c + v t[i] = v - 1 until v <= 1
  end
  return c
end
local function inner_until(n)
  local c = 0
  for i = 1, n do
    repeat local d = i * 2 c = c + d i = i - 1 until d < 3
  end
  return c
end
local function inner_for(n)
  local s = ""
  for i = 1, n do for j = i, n do s = s .. i * j .. " " end end
  return s
end
local function inner_test(t)
  local c = 0
  for i = 1, #t do
    while i < t[i] do i = i + 1 c = c + 1 end
  end
  return c
end
print(inner_while(4), inner_repeat { 3, 1, 2 }, inner_until(4), inner_for(3), inner_test { 3, 4, 4, 4, 1 })

-- Coroutines that yield in the body, and a metamethod that yields first.
local co = coroutine.wrap(function(t) for i = 1, 3 do local v = t[i] coroutine.yield(v) end return "end" end)
print(co(list(3)), co(), co(), co())

-- A hook that changes the variable, or the hidden index, before the body uses it.
local function change(wanted, by)
  return function(event, line)
    for at = 3, 6 do
      local name, value = debug.getlocal(2, at)
      if name == wanted then debug.setlocal(2, at, value + by) end
    end
  end
end
local function body(t)
  local out = ""
  for i = 1, 3 do
    local v = t[i]
    out = out .. tostring(v) .. " "
  end
  return out
end
local function run(f, hook, ...)
  debug.sethook(hook, "l")
  local result = f(...)
  debug.sethook()
  return result
end
local values = list(40)
for _, wanted in ipairs { "i", "(for index)", "(for step)" } do
  for by = 0, 2 do print(wanted, by, run(body, change(wanted, by), values)) end
end
local seen = {}
debug.sethook(function()
  local name, value = debug.getlocal(2, 6)
  if name == "i" then
    seen[#seen + 1] = value
    if value == 2 then debug.setlocal(2, 6, 5) end
  end
end, "", 1)
body(values)
debug.sethook()
print(#seen, table.concat(seen, " "))

-- The same code again after a string has been the key, and a dumped copy.
local function any(t, from, to) local c = 0 for i = from, to do local v = t[i] if v then c = c + v end end return c end
print(any(values, 1, 5), any({ 1, 2, x = 3 }, 1, 5), any(setmetatable({}, { __index = values }), 2, 3))
local copy = loadstring(string.dump(any))
print(copy(values, 1, 5), copy(values, 3, 2), pcall(copy, true, 1, 2))

-- Keys that the instruction before has computed, in tables of every kind.
local function beside(t, i) return t[i + 1], t[i - 1], t[i * 2], t[i / 2], t[-i] end
local function put_beside(t, i) t[i + 1] = 1 t[i * 2] = "two" t[i / 4] = false t[-i] = nil end
local key = 3
local function by_upvalue(t) return t[key] end
local function to_upvalue(t) t[key] = "put" end
for _, i in ipairs { 1, 2, 3, 0.5, 8 } do
  local t = list(6)
  put_beside(t, i)
  print(i, beside(t, i))
  local out = {}
  for k, v in pairs(t) do out[#out + 1] = k .. "=" .. tostring(v) end
  print(table.concat(out, " "))
end
for _, k in ipairs { 1, "name", 2.5, true, values, 7 } do
  key = k
  local t = { 5, name = 6 }
  print(type(k), by_upvalue(t), to_upvalue(t), by_upvalue(t))
end
key = nil
print(pcall(by_upvalue, { 1 }), pcall(to_upvalue, {}), pcall(beside, { 1 }, "x"), pcall(beside, 1, 2), pcall(beside, {}, "4"))

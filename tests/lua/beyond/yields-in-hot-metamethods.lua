-- Coroutines that yield inside small metamethods and functions of tail calls, in loops that are hot: in the reference no metamethod may.

local yield, wrap = coroutine.yield, coroutine.wrap

local Vec = {}
Vec.__index = Vec
local function new(x, y) return setmetatable({ x = x, y = y }, Vec) end
local often = 0
local function made(x, y)
  if often > 0 and x % often == 0 then yield("made", x) end
  return new(x, y)
end
function Vec.__add(a, b) return made(a.x + b.x, a.y + b.y) end
function Vec.__sub(a, b)
  if often > 0 and a.x % (often + 1) == 0 then
    local got = yield("sub", a.x)
    return new(a.x - b.x + got, a.y)
  end
  return new(a.x - b.x, a.y - b.y)
end

local function run(n)
  local p, q, one = new(0, 0), new(0, 0), new(1, 1)
  for i = 1, n do
    p = p + one
    q = q - one + one
  end
  return p.x, p.y, q.x, q.y
end

-- What a run comes to, with what is given to each yield.
local function drive(n, gives)
  local log, co = {}, wrap(function() return "end", run(n) end)
  local results = { co() }
  while results[1] ~= "end" do
    log[#log + 1] = results[1] .. results[2]
    results = { co(gives) }
  end
  return log, results
end

-- The same, counted without coroutines.
local function expected(n, gives)
  local log, p, q = {}, 0, 0
  for _ = 1, n do
    p = p + 1
    if p % often == 0 then log[#log + 1] = "made" .. p end
    if q % (often + 1) == 0 then
      log[#log + 1] = "sub" .. q
      q = q - 1 + gives
    else
      q = q - 1
    end
    q = q + 1
    if q % often == 0 then log[#log + 1] = "made" .. q end
  end
  return log, p, q
end

assert(select("#", run(5000)) == 4)
for _, case in ipairs({ { 1000, 0 }, { 7, 3 }, { 3, 1 }, { 2500, 2501 }, { 64, 64 } }) do
  often = case[1]
  local log, results = drive(5000, case[2])
  local wanted, p, q = expected(5000, case[2])
  assert(table.concat(log, " ") == table.concat(wanted, " "), case[1])
  assert(results[2] == p and results[4] == q, case[1])
end

-- Many at once, in turn, some of which are dropped in the middle.
often = 50
local live = {}
for i = 1, 40 do live[i] = wrap(function() return "end", run(300 + i) end) end
local ends, turns = 0, 0
while #live > 0 do
  for i = #live, 1, -1 do
    turns = turns + 1
    if live[i](1) == "end" then
      ends = ends + 1
      table.remove(live, i)
    elseif turns % 97 == 0 then
      table.remove(live, i)
    end
  end
end
assert(ends > 0 and ends < 40)

-- Errors after a yield inside, and what a traceback says of it.
often = 10
local Bad = setmetatable({}, { __add = function(a, b) yield("bad") return b.missing.field end })
local co = coroutine.create(function()
  local sum = new(0, 0)
  for i = 1, 3000 do
    if i == 2999 then sum = Bad + sum end
    sum = sum + new(1, 1)
  end
end)
local ok, what
repeat ok, what = coroutine.resume(co) until what == "bad" or not ok
assert(ok and what == "bad")
ok, what = coroutine.resume(co)
assert(not ok and what:find("attempt to index field 'missing' %(a nil value%)"), what)
assert(debug.traceback(co):find("in function <[^\n]*yields%-in%-hot%-metamethods.lua:%d+>\n"))

-- Every event, now and then with a yield inside, in a loop that is hot: what is given to the yield is the result.
local every, turns = 1000000, 0
local function answer(event, plain)
  turns = turns + 1
  if turns % every == 0 then return yield(event) end
  return plain
end
local All = {
  __index = function() return answer("index", 1) end, __newindex = function() answer("newindex") end, __eq = function() return answer("eq", true) end,
  __lt = function() return answer("lt", false) end, __le = function() return answer("le", true) end, __concat = function() return answer("concat", 5) end,
  __call = function(self, ...) return answer("call", ...) end,
}
local a, b = setmetatable({}, All), setmetatable({}, All)
local function count(n)
  local t = { index = 0, eq = 0, lt = 0, le = 0, concat = 0, call = 0 }
  for i = 1, n do
    if a.field ~= 1 then t.index = t.index + 1 end
    b.other = i
    if a ~= b then t.eq = t.eq + 1 end
    if a < b then t.lt = t.lt + 1 end
    if not (a <= b) then t.le = t.le + 1 end
    if a .. b ~= 5 then t.concat = t.concat + 1 end
    if a(i, i) ~= i then t.call = t.call + 1 end
  end
  return t
end
local given = { index = 2, eq = false, lt = true, le = false, concat = 6, call = 0, newindex = 0 }
for _, often in ipairs({ 1000000, 5, 6, 11, 64, 501, 2000 }) do
  every, turns = often, 0
  local seen, co = {}, wrap(function() return count(3000) end)
  local got = co()
  while type(got) == "string" do
    seen[got] = (seen[got] or 0) + 1
    got = co(given[got])
  end
  for event, n in pairs(got) do
    local value = given[event]
    assert(n == (seen[event] or 0), event .. often)
  end
  assert(turns == 21000 and (often > 21000 or seen.newindex > 0))
end

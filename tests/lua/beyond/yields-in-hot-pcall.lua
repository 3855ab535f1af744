-- Coroutines that yield inside small functions that are called by pcall, in loops that are hot: in the reference none may.

local yield, pcall, error = coroutine.yield, pcall, error

local function step(i, often)
  if i % often == 0 then return yield("step", i) + i end
  if i % 97 == 0 then error("at " .. i, 0) end
  return i
end
local function outer(i, often)
  local ok, x = pcall(step, i, often)
  if not ok then return #x end
  return x
end

-- What a run gives, and how often it yields, as arithmetic says.
local function expected(turns, often)
  local sum, yields, failures = 0, 0, 0
  for i = 1, turns do
    if i % often == 0 then sum, yields = sum + 1000 + i, yields + 1
    elseif i % 97 == 0 then failures, sum = failures + 1, sum + #("at " .. i)
    else sum = sum + i end
  end
  return sum, yields, failures
end

local function run(turns, often, nested)
  local sum, failures = 0, 0
  for i = 1, turns do
    local ok, x
    if nested then ok, x = pcall(outer, i, often) else ok, x = pcall(step, i, often) end
    if ok then sum = sum + x else failures, sum = failures + 1, sum + #x end
  end
  return "end", sum, failures
end

for _, often in ipairs { 7, 100, 100000 } do
  for _, nested in ipairs { false, true } do
    local turns = 3000
    local sum, yields, failures = expected(turns, often)
    -- Three at a time, whose frames lie on stacks of their own.
    local all = {}
    for k = 1, 3 do all[k] = { co = coroutine.create(run), yields = 0 } end
    local left = 3
    while left > 0 do
      for k = 1, 3 do
        local one = all[k]
        if coroutine.status(one.co) ~= "dead" then
          local ok, what, a, b
          if one.yields == 0 and not one.begun then
            one.begun = true
            ok, what, a, b = coroutine.resume(one.co, turns, often, nested)
          else
            ok, what, a, b = coroutine.resume(one.co, 1000)
          end
          assert(ok, what)
          if what == "step" then
            one.yields = one.yields + 1
          else
            left = left - 1
            assert(what == "end" and a == sum and one.yields == yields)
            assert(b == (nested and 0 or failures))
          end
        end
      end
    end
  end
end

-- Errors after a yield within go to the pcall, not to the resumer; and a handler of an xpcall around sees none of them.
local function late(i)
  if i % 50 == 0 then yield(i) error({ i }) end
  return i
end
local handled = 0
local co = coroutine.wrap(function()
  return xpcall(function()
    local caught = 0
    for i = 1, 2000 do
      local ok, x = pcall(late, i)
      if not ok then caught = caught + x[1] end
    end
    return "end", caught
  end, function(m) handled = handled + 1 return m end)
end)
local seen, what, caught, ok = 0
repeat
  ok, what, caught = co()
  if ok ~= true then seen = seen + ok end
until ok == true
assert(what == "end" and caught == seen and handled == 0 and seen == 50 * (40 * 41 / 2))

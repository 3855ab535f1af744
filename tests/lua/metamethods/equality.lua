-- `==` and `~=` of two objects by every pair of what their metatables may say: none, one without `__eq`, the same, another with the
-- same function, one with another, and what is no function. The first's counts, if the second's equals it.

local function first(a, b) return rawequal(a, b) or a.n == b.n end
local function second() return 1 end
local function none() end
local long = ("no function "):rep(9)

local metatables = {
  false, {}, { __eq = first }, { __eq = first }, { __eq = second }, { __eq = none }, { __eq = rawequal }, { __eq = false },
  { __eq = 12 }, { __eq = 12 }, { __eq = 0 }, { __eq = -0 }, { __eq = long .. "" }, { __eq = ("no function "):rep(9) }, { __eq = {} },
  { __eq = setmetatable({}, { __call = function(self, a, b) return true, "more" end }) },
}

local function equal(a, b) return a == b end
local function unequal(a, b) return a ~= b end
local function branch(a, b) if a == b then return "then" else return "else" end end
local function loop(a, b)
  local n = 0
  for i = 1, 70 do if a ~= b then n = n + 1 end end
  while n < 200 and a == b do n = n + 9 end
  return n
end

local function tell(ok, ...)
  if ok then return tostring((...)) end
  return (tostring((...)):gsub("^[^:]*:%d+: ", ""))
end

for i, one in ipairs(metatables) do
  for j, two in ipairs(metatables) do
    local a, b = { n = 1 }, { n = (i + j) % 2 }
    if one then setmetatable(a, one) end
    if two then setmetatable(b, two) end
    local line = { i, j }
    for _, f in ipairs { equal, unequal, branch, loop } do
      line[#line + 1] = tell(pcall(f, a, b))
      line[#line + 1] = tell(pcall(f, b, a))
      line[#line + 1] = tell(pcall(f, a, a))
    end
    print(table.concat(line, " "))
  end
end

-- Userdata, and a table beside one.
local function userdata(f)
  local u = newproxy(true)
  getmetatable(u).__eq = f
  return u
end
local u, v, w, x = userdata(second), userdata(second), userdata(none), newproxy()
local t = setmetatable({}, { __eq = second })
for _, a in ipairs { u, v, w, x, t } do
  local line = {}
  for _, b in ipairs { u, v, w, x, t } do line[#line + 1] = tostring(a == b) line[#line + 1] = branch(a, b) end
  print(table.concat(line, " "))
end

-- `__eq` comes, changes and goes between two comparisons by one instruction.
local m1, m2 = {}, {}
local a, b = setmetatable({ n = 1 }, m1), setmetatable({ n = 1 }, m2)
for step = 1, 12 do
  print(step, equal(a, b), equal(b, a), branch(a, b), unequal(a, b))
  if step == 2 then m1.__eq = first elseif step == 3 then m2.__eq = first elseif step == 5 then m1.__eq = second
  elseif step == 6 then m2.__eq = second elseif step == 7 then m1.__eq = nil elseif step == 8 then m2.__eq = nil
  elseif step == 9 then setmetatable(b, m1) m1.__eq = second elseif step == 10 then setmetatable(a, nil) end
end

-- Long strings are equal by their bytes, short ones beside them are not.
local s = "a string of more than forty bytes, made by "
print(equal(s .. "joining", s .. "joining"), equal(s .. "a", s .. "b"), equal(s .. "a", "a"), equal("a", s .. "a"))

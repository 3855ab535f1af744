-- What builtins give where more or fewer results are wanted than they mostly give.
local function show(...)
  local t = {n = select("#", ...), ...}
  for i = 1, t.n do t[i] = tostring(t[i]) end
  return t.n .. ":" .. table.concat(t, ",")
end
local many = {}
for i = 1, 40 do many[i] = i end

for round = 1, 300 do
  local last = round == 300
  -- assert gives all it was given
  local a, b, c = assert(round, 2)
  assert(a == round and b == 2 and c == nil)
  local t = {assert(1, nil, 3)}
  assert(t[1] == 1 and t[2] == nil and t[3] == 3)
  local x, y, z, w = assert("s", false, nil, 4, 5)
  assert(x == "s" and y == false and z == nil and w == 4)
  assert(true)
  -- select from the end, and of several
  local d = select(-1, "a", "b", "c")
  local e, f = select(-2, "a", "b", "c")
  local g, h, i = select(2, "a", "b")
  local j, k = select(5, "a", "b")
  local m, n = select(-3, "a", "b", "c")
  if last then
    print(show(a, b, c), show(unpack(t, 1, 3)), show(x, y, z, w))
    print(show(d), show(e, f), show(g, h, i), show(j, k), show(m, n))
    print(show(assert(1)), show(assert(1, 2, 3)), show(assert(unpack(many))))
    print(show(select(-1, unpack(many))), show(select(-40, unpack(many))), show(select(3, unpack(many))))
    print(show(select(-1, nil)), show(select(1)), show(select(7)), show(select(-2, 1, nil)))
    print(pcall(select, -1))
    print(pcall(select, -3, 1, 2))
    print(pcall(select, 0, 1))
    print(pcall(assert))
    print(pcall(assert, nil))
    print(pcall(assert, false, "why", 3))
    print(pcall(assert, nil, {} and nil))
  end
end

-- the same in other places of a call
local function tail(...) return select(-1, ...) end
local function all(...) return assert(...) end
for round = 1, 100 do
  assert(tail(1, 2, 3) == 3)
  assert(select("#", all(1, nil, nil)) == 3)
  select(-1, 1, 2)
  assert(1, 2)
end
print(show(tail(1, 2, nil)), show(all(1, nil, nil)))

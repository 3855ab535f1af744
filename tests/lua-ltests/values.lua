-- Upvalues, references, userdata, bytes of numbers, listings of code.

-- upvalues: value and name, setting gives the name; of C functions without names
do
  local a, b = 1, "two"
  local function f() return a, b end
  assert(T.upvalue(f, 1) == 1 and select(2, T.upvalue(f, 1)) == "a" and T.upvalue(f, 2) == "two")
  assert(select("#", T.upvalue(f, 3)) == 0 and select("#", T.upvalue(f, 0)) == 0)
  assert(T.upvalue(f, 1, 10) == "a" and a == 10 and T.upvalue(f, 9, 1) == nil)
  assert(T.upvalue(f, 2, nil) == "b" and b == nil)
  assert(not pcall(T.upvalue, {}, 1))
  -- two closures share one
  local function g() a = a + 1 return a end
  g()
  assert(T.upvalue(f, 1) == 11)
end

-- references: numbers go up from 1, what is given back is used again; nil has one of its own
do
  local first = T.ref({})
  local second = T.ref("text")
  assert(second == first + 1 and T.getref(second) == "text" and type(T.getref(first)) == "table")
  T.unref(first)
  assert(T.ref("again") == first and T.getref(first) == "again")
  assert(T.ref(nil) == -1 and T.getref(-1) == nil)
  T.unref(-1) T.unref(-2)
  T.unref(second) T.unref(first)
  assert(T.ref(1) == first and T.ref(2) == second)
  T.unref(first) T.unref(second)
  -- what the registry keeps is not collected; what is given back is
  local weak = setmetatable({}, { __mode = "v" })
  weak[1] = {}
  local r = T.ref(weak[1])
  collectgarbage()
  assert(weak[1] == T.getref(r))
  T.unref(r)
  collectgarbage()
  assert(weak[1] == nil)
  local many = {}
  for i = 1, 200 do many[i] = T.ref(i) end
  for i = 1, 200, 2 do T.unref(many[i]) end
  for i = 2, 200, 2 do assert(T.getref(many[i]) == i) end
  for i = 2, 200, 2 do T.unref(many[i]) end
end

-- userdata: full ones have places of their own, light ones are their address
do
  local u, v = T.newuserdata(10), T.newuserdata(0)
  assert(type(u) == "userdata" and u ~= v and T.udataval(u) ~= T.udataval(v) and T.udataval(u) ~= 0)
  assert(T.testC("objsize 2; objsize 3; return 2", u, v) == 10)
  assert(T.pushuserdata(5) == T.pushuserdata(5) and T.pushuserdata(5) ~= T.pushuserdata(6))
  assert(T.udataval(T.pushuserdata(12345)) == 12345 and T.udataval("x") == 0)
  assert(T.testC("isudataval 2; return 1", T.pushuserdata(1)) == 1 and T.testC("isudataval 2; return 1", u) == 0)
  -- as keys, also the addresses that no program has
  local t = {}
  for i = 0, 20 do t[T.pushuserdata(2 ^ i)] = i end
  for i = 0, 20 do assert(t[T.pushuserdata(2 ^ i)] == i) end
  -- a light userdata is no object: its metatable is its type's
  assert(getmetatable(T.pushuserdata(1)) == nil and T.gccolor(T.pushuserdata(1)) == "none" and T.gccolor(u) ~= "none")
  debug.setmetatable(u, { __len = function() return 77 end, __index = function(_, k) return k end })
  assert(#u == 77 and u.x == "x" and getmetatable(v) == nil)
end

-- bytes of numbers
for _, n in ipairs { 0, 1, -1, 0.1, 2 ^ 53, 1e300, -1e-300, math.huge } do
  assert(#T.d2s(n) == 8 and T.s2d(T.d2s(n)) == n)
end
assert(T.d2s(0) == ("\0"):rep(8) and T.d2s(1) == ("\0"):rep(6) .. "\240\63")
assert(T.s2d(T.d2s(0 / 0)) ~= T.s2d(T.d2s(0 / 0)))
assert(not pcall(T.s2d, "short") and not pcall(T.s2d, ("x"):rep(9)))
-- every NaN is one value here, however its bytes were made
for _, bytes in ipairs { "\1\0\0\0\0\0\240\127", "\255\255\255\255\255\255\255\255", "\0\0\0\0\0\0\248\255", "\1\2\3\4\5\6\250\255" } do
  local n = T.s2d(bytes)
  assert(type(n) == "number" and n ~= n and tostring(n):find("nan"))
  T.checkmemory()
end

-- code: the instructions by name in order, constants, locals in scope
do
  local function ops(f)
    local names, list = {}, T.listcode(f)
    for i, line in ipairs(list) do names[i] = line:match("%- (%u+)") end
    return table.concat(names, " "), list
  end
  local function check(f, expected) local got = ops(f) assert(got == expected, got) end
  check(function() end, "RETURN")
  check(function(a, b) return a + b end, "ADD RETURN RETURN")
  check(function(t) return t.x, t[1] end, "GETTABLE GETTABLE RETURN RETURN")
  check(function(...) for i = 1, 2 do end return ... end, "LOADK LOADK LOADK FORPREP FORLOOP VARARG RETURN RETURN")
  check(function(f) return f() end, "MOVE TAILCALL RETURN RETURN")
  check(function(a) if a then a() end end, "TEST JMP MOVE CALL RETURN")
  check(function(a) while a do a = a .. "x" end end, "TEST JMP MOVE LOADK CONCAT JMP RETURN")
  local _, list = ops(loadstring("local a, b = 1\nreturn a", "=c"))
  assert(list.maxstack == 2 and list.numparams == 0 and list[1]:find("^%(   1%)    1 %- LOADK +0 +0") and list[4] == nil or list[4]:find("RETURN"))
  assert(T.listcode(function(a, b, c) end).numparams == 3)
  local k = T.listk(function() local a = "s" local b = 5.5 local c = a.field return a .. "s" end)
  assert(k[1] == "s" and k[2] == 5.5 and k[3] == "field" and k[4] == nil)
  local f = function(a) local b = a do local c = b a = c end local d = 1 return d end
  assert(T.listlocals(f, 1) == "a" and select("#", T.listlocals(f, 1)) == 1)
  local _, second, third = T.listlocals(f, 100)
  assert(second == nil)
  local seen = {}
  for pc = 1, 6 do for _, name in ipairs { T.listlocals(f, pc) } do seen[name] = true end end
  assert(seen.a and seen.b and seen.c and seen.d)
  assert(not pcall(T.listcode, print) and not pcall(T.listk, 5) and not pcall(T.listlocals, f))
end

-- a number for whoever debugs
assert(select("#", T.trick(7)) == 0 and T.trick() == 7 and select("#", T.trick(0)) == 0 and T.trick() == 0)
assert(not pcall(T.trick, "x"))

-- The language of T.testC: every command, operands, ends of scripts, other threads and states, upvalues, errors.
local function pack(...) return { n = select("#", ...), ... } end
-- The results must be these; the first of them may be the script itself, which is the first value on the stack.
local function is(got, ...)
  local first = got[1]
  if type(first) == "string" and first:find("return", 1, true) then
    table.remove(got, 1)
    got.n = got.n - 1
  end
  local n = select("#", ...)
  assert(got.n == n, "results: " .. got.n .. ", expected " .. n)
  for i = 1, n do
    local expected = select(i, ...)
    assert(got[i] == expected, ("result %d is %s, expected %s"):format(i, tostring(got[i]), tostring(expected)))
  end
end
local C = T.testC

-- pushing, numbers, ends
is(pack(C "pushnum 1; pushnum -2; pushnil; pushbool 5; pushbool 0; return 5"), 1, -2, nil, true, false)
is(pack(C "pushstring plain; pushstring 'two words'; pushstring \"a;b\"; pushstring ''; return 4"), "plain", "two words", "a;b", "")
is(pack(C ""))
is(pack(C "pushnum 1, pushnum 2\tpushnum 3\n;; return 2"), 2, 3)
is(pack(C("gettop; return 2", 10, 20, 30)), 30, 4)
is(pack(C("settop 5; gettop; return .", 2, 3)), 2, 3, nil, nil)
is(pack(C("settop 0; settop 15; return 10", 3, 1, 23)), nil, nil, nil, nil, nil, nil, nil, nil, nil, nil)
is(pack(C("return *", 7, 8)), 7, 8)

-- moving
is(pack(C("remove -2; gettop; return .", 2, 3, 4)), 2, 4)
is(pack(C("insert -1; gettop; return .", 2, 3)), 2, 3)
is(pack(C("insert 3; gettop; return .", 2, 3, 4, 5)), 2, 5, 3, 4)
is(pack(C("insert 3; pushvalue 3; remove 3; pushvalue 2; remove 2; insert 2; gettop; return .", 2, 3, 4, 5, 40)), 2, 3, 4, 5, 40)
is(pack(C("replace 2; gettop; return .", 2, 3, 4, 5)), 5, 3, 4)
is(pack(C("replace -2; gettop; return .", 2, 3, 4, 5)), 2, 3, 5)
is(pack(C("remove 3; gettop; return .", 2, 3, 4, 5)), 2, 4, 5)
is(pack(C("pop 2; gettop; return .", 2, 3, 4)), 2)
is(pack(C("checkstack 100; pushnum 1; return 1")), 1)
assert(not pcall(C, "checkstack 100000 'wide data'"))
assert(select(2, pcall(C, "checkstack 100000 'wide data'")):find("stack overflow (wide data)", 1, true))

-- what a value is
local function kinds(v)
  return table.concat({ C("isnumber 2; isstring 2; istable 2; isfunction 2; iscfunction 2; isuserdata 2; isudataval 2; isnil 2; isnull 2; return 9", v) })
end
assert(kinds(5) == "110000000" and kinds("5") == "110000000" and kinds("x") == "010000000" and kinds({}) == "001000000")
assert(kinds(kinds) == "000100000" and kinds(print) == "000110000" and kinds(nil) == "000000010")
assert(kinds(io.stdin) == "000001000" and kinds(T.pushuserdata(7)) == "000001100")
is(pack(C "isnull 2; isnil 2; isnull 100; return 3"), 1, 0, 1)
is(pack(C("type 2; type 3; type 4; type 9; return 4", 1, {}, C)), "number", "table", "function", "no value")
is(pack(C("tobool 2; tobool 3; tobool 4; tobool 5; return 4", 0, false, nil, "")), 1, 0, 0, 1)
is(pack(C("tonumber 2; tonumber 3; tonumber 4; return 3", "0x10", "x", 5)), 16, 0, 5)
is(pack(C("tostring 2; tostring 3; tostring 4; return 3", 12, {}, "a\0b")), "12", nil, "a\0b")
is(pack(C("objsize 2; objlen 3; strlen 4; objsize 5; return 4", "abc", { 1, 2 }, 1234, T.newuserdata(17))), 3, 2, 4, 17)
is(pack(C("tocfunction 2; iscfunction -1; tocfunction 3; return 2", math.floor, kinds)), 1, nil)
assert(C("tocfunction 2; return 1", math.floor)(2.5) == 2)
assert(C("topointer 2; return 1", {}) > 0)
is(pack(C("equal 2 3; equal 2 4; rawequal 2 3; equal 2 30; return 4", 1, 1, "1")), true, false, true, false)
assert(C("lessthan 2 5, return 1", 3, 2, 2, 4, 2, 2) and C("lessthan 5 2, return 1", 4, 2, 2, 3, 2, 2))
assert(not C("lessthan 2 -3, return 1", "4", "2", "2", "3", "2", "2"))
do
  local mt = { __eq = function() return true end, __lt = function(a, b) return a.n < b.n end }
  local a, b = setmetatable({ n = 1 }, mt), setmetatable({ n = 2 }, mt)
  is(pack(C("equal 2 3; rawequal 2 3; lessthan 2 3; lessthan 3 2; return 4", a, b)), true, false, true, false)
end

-- tables
do
  local t = setmetatable({ x = 1, [5] = "five" }, { __index = function(_, k) return k .. "!" end })
  is(pack(C("pushstring x; gettable 2; pushstring y; gettable 2; pushstring y; rawget 2; return 3", t)), 1, "y!", nil)
  is(pack(C("getfield 2 x; getfield 2 'z z'; rawgeti 2 5; return 3", t)), 1, "z z!", "five")
  C("pushnum 8; setfield 2 eight; pushstring k; pushnum 9; settable 2; pushnum 10; pushnum 11; rawset 2; pushnum 12; rawseti 2 6", t)
  assert(t.eight == 8 and t.k == 9 and t[10] == 11 and t[6] == 12)
  local mt = {}
  local made = C("newtable; pushvalue 2; setmetatable -2; return 1", mt)
  assert(getmetatable(made) == mt and C("getmetatable 2; return 1", made) == mt and C("getmetatable 2; return 1", 5) == nil)
  global = 14
  is(pack(C "getglobal global; pushnum 15; setglobal global; getglobal global; return 2"), 14, 15)
  global = nil
  is(pack(C("pushnil; next; return 2", { a = 1 })), "a", 1)
  is(pack(C("pushstring a; next; gettop; return 1", { a = 1 })), 2)
  is(pack(C("concat 5; gettop; return .", "alo", 2, 3, "joao", 12)), "alo23joao12")
  is(pack(C("concat 0; concat 1; gettop; return .", "a")), "a", "")
  local env = { who = "env" }
  local f = setfenv(function() return who end, env)
  assert(C("getfenv 2; return 1", f) == env)
  assert(C("pushvalue 3; setfenv 2; return 1", f, { who = "new" }) and f() == "new")
  assert(not C("newtable; setfenv 2; return 1", 5))
  assert(C "pushvalue G; return 1" == _G and type(C "pushvalue R; return 1") == "table" and C "pushvalue E; return 1" == _G)
  assert(C("pushstring x; pushnum 3; settable G; getglobal x; return 1") == 3)
  x = nil
end

-- calls: `call` leaves a message in place of results, `rawcall` lets it through, `pcall` gives the status
local function more(a, b) return 1, 2, 3, 4, a, b end
is(pack(C("call 2, -1; gettop; return .", more, "alo", "joao")), 1, 2, 3, 4, "alo", "joao")
is(pack(C("call 2, 10; return 10", more, "alo", "joao")), 1, 2, 3, 4, "alo", "joao", nil, nil, nil, nil)
is(pack(C("rawcall 2, 2; gettop; return .", more, "alo", "joao")), 1, 2)
is(pack(C("call 0, 1; gettop; return .", function() error("inside", 0) end)), "inside")
assert(select(2, pcall(C, "rawcall 0, 1", function() error("through", 0) end)) == "through")
is(pack(C("pcall 1, 1, 2; return 2", function(m) return m .. "!" end, function(m) error(m, 0) end, "caught")), "caught!", 2)
is(pack(C("pcall 0, 1, 2; return 2", function() error "again" end, error)), "error in error handling", 5)
is(pack(C("loadstring 2; call 0, 1; return 1", "return 'loaded'")), "loaded")
assert(C("loadstring 2; return 1", "x ="):find("unexpected symbol"))
assert(C("loadfile 2; return 1", "no/such/file"):find("cannot open no/such/file", 1, true))
assert(select(2, pcall(C, "error", "value")) == "value")
assert(select(2, pcall(C, "throw")):find("C++", 1, true))
assert(select(2, pcall(C, "nonsense 1")):find("unknown command nonsense", 1, true))
assert(select(2, pcall(C, "pushnum x")):find("number expected, got x", 1, true))
assert(select(2, pcall(C, (" "):rep(5000))):find("script too long", 1, true))
assert(select(2, pcall(C, "pushstring " .. ("x"):rep(300))):find("word too long", 1, true))
assert(not pcall(C) and not pcall(C, {}))
-- a script may take itself off the stack
assert(C("settop 0; gc 2 0; pushnum " .. 5 .. "; return 1") == 5)

-- closures of testC, and their upvalues
do
  local f = C "pushnum 10; pushstring up; pushcclosure 2; return 1"
  is(pack(f "pushvalue U1; pushvalue U2; return 2"), 10, "up")
  is(pack(f "pushupvalueindex 2; pushvalue .; isnull U3; return 2"), "up", 1)
  f "pushnum 11; replace U1"
  is(pack(f "pushvalue U1; return 1"), 11)
  assert(T.upvalue(f, 1) == 11 and select(2, T.upvalue(f, 1)) == "" and T.upvalue(f, 3) == nil)
  assert(T.upvalue(f, 2, "set") == "" and f "pushvalue U2; return 1" == "set")
  assert(T.upvalue(f, 3, 1) == nil)
end

-- threads: other stacks, moving values, yields of C functions, resume by C
do
  local co = coroutine.create(function(...) return ... end)
  is(pack(C(co, "pushnum 1; pushstring a; gettop; return 0")))
  assert(C("newthread; pushnum 4; pushnum 5; xmove 0 2 2; xmove 2 0 1; return 1") == 5)
  assert(C("newthread; status -1; return 1") == 0 and C("status 0; return 1") == 0)
  -- a testC function as a coroutine: it yields values, and what it is resumed with are its results
  local y = coroutine.wrap(function(...) local r = pack(C("yield 2", ...)) return "back", r.n, r[1] end)
  is(pack(y("x", "y")), "x", "y")
  is(pack(y("resumed")), "back", 1, "resumed")
  local w = coroutine.wrap(function(...) return C(...) end)
  is(pack(w("pushnum 1; pushnum 2; yield 2")), 1, 2)
  is(pack(w(3, 4)), 3, 4)
  -- the host's resume, with values in and out; statuses 1 while it waits, 0 at the end
  local body = function(a, b) local c = coroutine.yield(a + b) return c * 2 end
  is(pack(C("newthread; pushvalue 2; pushnum 3; pushnum 4; xmove 0 3 3; resume 3 2; status 3; xmove 3 0 1; return 3", body)), 1, 1, 7)
  is(pack(C("newthread; pushvalue 2; xmove 0 3 1; resume 3 0; xmove 3 0 1; return 2", function() error("failed", 0) end)), 2, "failed")
  assert(not pcall(C, "yield 0"))
  -- the running thread as a value; the main one is none to coroutine.running, but one to C
  local main = C "pushthread; return 1"
  assert(type(main) == "thread" and coroutine.running() == nil and coroutine.status(main) == "running")
  is(pack(C("pushthread; rawequal -1 2; status -2; return 2", main)), true, 0)
  coroutine.wrap(function()
    assert(C "pushthread; return 1" == coroutine.running() and C "pushthread; return 1" ~= main)
    assert(coroutine.status(main) == "normal")
  end)()
  local other = coroutine.create(is)
  is(pack(C(other, "pushthread; xmove 0 0 1; status -1; return 0")))
  is(pack(C("pushthread; pushnum 1; xmove 0 2 1; return 1", main)), 1)
  for _, script in ipairs { "resume 2 0", "xmove 2 0 1", "xmove 0 2 1", "status 2", "status 9" } do
    assert(select(2, pcall(C, script, {})):find("a coroutine is expected", 1, true), script)
  end
  for _, script in ipairs { "loadstring 2", "loadfile 2", "loadstring 9" } do
    assert(select(2, pcall(C, script, {})):find("a string is expected", 1, true), script)
  end
end

-- The differences that are meant, each with its reason. Two kinds:
--   pinned   a script whose results on the two interpreters must each be as stated: one that has vanished fails the run;
--   rules    what the differences of generated cases may look like, because of a pinned one (`of`).
--
--   lua5.1 allowed.lua REFERENCE OURS FOLDER     runs the pinned scripts
--
-- compare.lua asks allowed.find. A rule that no pinned script bears out fails the run too. The scripts on which the
-- reference ends with SIGSEGV run on a machine stack of the usual 8 MiB, so that the crash comes soon.

local allowed = {}

local boundary = "attempt to yield across metamethod/C%-call boundary"
local crash = "^status 139\n"

-- name, why, code, ref = pattern over "status N\n" .. output and errors, our = pattern
local pinned = {
  { name = "yield in pcall", why = "pcall is a frame here, not a C call",
    code = [[print(select(2, coroutine.wrap(function() print(pcall(coroutine.yield, 1)) end)()))
      local co = coroutine.create(function() print(pcall(coroutine.yield, 'y')) end)
      print(coroutine.resume(co)) print(coroutine.resume(co, 'z'))]],
    ref = boundary, our = "true\ty\n.*true\tz\ntrue" },
  { name = "yield in xpcall", why = "as pcall",
    code = [[local co = coroutine.create(function() print(xpcall(function() return coroutine.yield('y') end, print)) end)
      print(coroutine.resume(co)) print(coroutine.resume(co, 'z'))]],
    ref = boundary, our = "true\ty\ntrue\tz\ntrue" },
  { name = "yield in metamethods", why = "metamethods are frames here, not C calls",
    code = [[local mt = {}
      for _, e in ipairs{'add', 'concat', 'eq', 'lt', 'index', 'unm'} do mt['__' .. e] = function() return coroutine.yield(e) end end
      local co = coroutine.wrap(function() local a, b = setmetatable({}, mt), setmetatable({}, mt)
        return a + b, a .. b, a == b, a < b, a.x, -a end)
      print(co(), co(1), co('c'), co(true), co(false), co('x'), co('u'))]],
    ref = boundary, our = "^status 0\nadd\tconcat\teq\tlt\tindex\tunm\t1\tc\ttrue\tfalse\tx\tu\n$" },
  { name = "yield in an iterator", why = "the for loop calls its iterator in a frame",
    code = [[local co = coroutine.wrap(function() for i in function(_, i) return coroutine.yield(i) end do print('in', i) end return 'end' end)
      print(co(), co(1), co())]],
    ref = boundary, our = "^status 0\nin\t1\nnil\t1\tend\n$" },
  { name = "yield in sort", why = "the library's callbacks are frames",
    code = [[local t = {3, 1, 2}
      local co = coroutine.wrap(function() table.sort(t, function(a, b) coroutine.yield() return a < b end) return table.concat(t, ' ') end)
      local r repeat r = co() until r print(r)]],
    ref = boundary, our = "^status 0\n1 2 3\n$" },
  { name = "yield in gsub", why = "the library's callbacks are frames",
    code = [[local co = coroutine.wrap(function() return (('abc'):gsub('.', function(c) return coroutine.yield(c) end)) end)
      print(co(), co('1'), co('2'), co('3'))]],
    ref = boundary, our = "^status 0\na\tb\tc\t123\n$" },
  { name = "yield in foreach", why = "the library's callbacks are frames",
    code = [[print(coroutine.wrap(function() return table.foreach({7}, coroutine.yield) end)())]],
    ref = boundary, our = "^status 0\n1\t7\n$" },
  { name = "nested pcall", why = "no machine stack is used, so the limit of 200 C calls does not apply",
    code = [[local function f(n) if n == 0 then return 'bottom' end local ok, v = pcall(f, n - 1) return v end print(f(1000))]],
    ref = "stack overflow", our = "^status 0\nbottom\n$" },
  { name = "nested metamethods", why = "as nested pcall",
    code = [[local n = 0 local mt = {} mt.__index = function(t, k) if k == 0 then return 'bottom' end return t[k - 1] end
      print(setmetatable({}, mt)[1000])]],
    ref = "C stack overflow", our = "^status 0\nbottom\n$" },
  { name = "nested coroutines", why = "as nested pcall",
    code = [[local function f(n) if n == 0 then return 'bottom' end return coroutine.wrap(f)(n - 1) end print(f(1000))]],
    ref = "C stack overflow", our = "^status 0\nbottom\n$" },
  { name = "gsub in gsub", why = "as nested pcall",
    code = [[local function f(n) if n == 0 then return 'bottom' end return (('x'):gsub('x', function() return f(n - 1) end)) end print(f(1000))]],
    ref = "C stack overflow", our = "^status 0\nbottom\n$" },
  { name = "handlers inside each other", why = "a message handler that fails is called again on no machine stack: its own calls do not count",
    code = [[local n = 0 xpcall(error, function(m) n = n + 1 table.sort({1, 2, 3}, function() error(m) end) end) print(n > 150)]],
    ref = "^status 0\nfalse\n$", our = "^status 0\ntrue\n$" },
  { name = "unpack of the whole range", why = "an overflow of the count in the reference (CVE-2025-46817)",
    code = [[print(pcall(unpack, {}, -2147483648, 2147483647))]],
    ref = crash, our = "^status 0\nfalse\ttoo many results to unpack\n$" },
  { name = "unpack to the largest integer", why = "an overflow of the count in the reference",
    code = [[print(pcall(unpack, {}, 0, 2147483647))]],
    ref = crash, our = "^status 0\nfalse\ttoo many results to unpack\n$" },
  { name = "patterns on the C stack", why = "the matcher has no recursion of unbounded depth",
    code = [[print(pcall(string.find, ('a'):rep(4e5), ('a?'):rep(4e5) .. 'b'))]],
    ref = crash, our = "^status 0\nfalse\tpattern too complex\n$" },
  { name = "getinfo with >S", why = "'>' is for the C API: from Lua the reference reads a value that is not there",
    code = [[print(pcall(debug.getinfo, 1, '>S'))]],
    ref = crash, our = "^status 0\nfalse\tbad argument #2 to '%?' %(invalid option%)\n$" },
  { name = "getinfo with >f", why = "as above, with a value of another type (CVE-2019-19391)",
    code = [[print(pcall(debug.getinfo, 1, '>f', 5))]],
    ref = crash, our = "^status 0\nfalse\tbad argument #2 to '%?' %(invalid option%)\n$" },
  { name = "a file's metatable on another userdata", why = "the reference reads a FILE* from a userdata of no bytes",
    code = [[local u = debug.setmetatable(newproxy(), getmetatable(io.stdout)) print(pcall(tostring, u))]],
    ref = crash, our = "^status 0\ntrue\t" },
  { name = "load whose reader looks at the parser", why = "the reference's unfinished Proto leaks through debug.getlocal",
    code = [[local n = 0
      print(load(function() n = n + 1 if n == 1 then return 'local a = 1 ' end
        if n == 2 then for i = 1, 10 do local name, v = debug.getlocal(2, i) if v then print(type(v)) tostring(v) end end end end))]],
    ref = crash, our = "^status 0\n" },
  { name = "2^24 lines", why = "the reference writes line numbers of a chunk into too narrow a field",
    code = [[local n = 0 print(pcall(load, function() n = n + 1 if n < 300 then return ('\n'):rep(2^24) end end))]],
    ref = crash, our = "^status 0\ntrue\tnil\t.*chunk has too many lines" },
  { name = "string.rep beyond 2^32", why = "the reference takes the count modulo 2^32",
    code = [[print(pcall(string.rep, 'x', 2^32 + 5))]],
    ref = "^status 0\ntrue\txxxxx\n$", our = "^status 0\nfalse\tresulting string too large\n$" },
  { name = "hidden variables of a loop", why = "the reference takes whatever debug.setlocal puts there for a number, ours ends the loop",
    code = [[local n = 0 for i = 1, 3 do n = n + 1 debug.setlocal(1, 2, 'x') io.write(i, ' ') if n > 4 then break end end]],
    ref = "^status 0\n1 1 1 1 1 $", our = "^status 0\n1 $" },
  { name = "keys that collide", why = "chains that grow without bound are broken by another hash: their order is then another",
    code = [[local t, first = {}, nil for i = 1, 3000 do t[2^52 + i * 2^32 + (2^31 - i)] = i end
      local sum, n = 0, 0 for k, v in pairs(t) do n = n + 1 sum = (sum * 31 + v) % 1000003 end print(n, sum)]],
    ref = "^status 0\n3000\t%d+\n$", our = "^status 0\n3000\t%d+\n$" },
}

-- How often the same hook event comes in a row, where that is often.
local function deepest_run(text)
  local last, run, most = nil, 0, 0
  for event in text:gmatch("%b<>") do
    run = event == last and run + 1 or 1
    last, most = event, math.max(most, run)
  end
  return most >= 100 and most
end

-- The text as if the first thing to overflow had been the stack of Lua: lengths and messages of strings; no events.
local function of_lua(text)
  for _, where in ipairs { "%S+:%d+: ", '%[string "[^"\n]*"%]:%d+: ' } do
    text = text:gsub("(%d+):(" .. where .. ")C stack overflow", function(length, position)
      return length - 2 .. ":" .. position .. "stack overflow"
    end)
  end
  return (text:gsub("%b<>", ""))
end

-- area, id (patterns), reference, ours (patterns over the text), test (of both texts); of = name of the pinned one.
local rules = {
  -- Hooks see how deep a recursion goes, and what a coroutine is told that goes too deep for the reference.
  { area = "^capi$", of = "handlers inside each other", test = function(ref, our)
    return deepest_run(ref) ~= deepest_run(our) and ref:gsub("%b<>", "") == our:gsub("%b<>", "") end },
  { area = "^capi$", of = "nested coroutines", test = function(ref, our)
    return ref:find("C stack overflow", 1, true) and ref:gsub("%b<>", "") == our:gsub("%b<>", "") end },
  { area = "^capi$", of = "nested metamethods", test = function(ref, our)
    return ref:find("C stack overflow", 1, true) and of_lua(ref) == our:gsub("%b<>", "") end },
  -- Where a program runs out of stack among metamethods, and how many events a hook has had until then.
  { area = "^loops$", of = "nested metamethods", test = function(ref, our)
    return ref:find("stack overflow", 1, true) and our:find("stack overflow", 1, true) end },
}

function allowed.find(area, id, ref, our)
  for _, rule in ipairs(rules) do
    if (not rule.area or area:find(rule.area)) and (not rule.id or id:find(rule.id))
      and (not rule.reference or ref:find(rule.reference)) and (not rule.ours or our:find(rule.ours))
      and (not rule.test or rule.test(ref, our)) then
      return rule.of
    end
  end
end
if not (arg and arg[0]:find("allowed%.lua$")) then return allowed end

-- == The pinned ones ==========================================================================

local reference, ours, folder = arg[1], arg[2], arg[3]

local function outcome(interpreter, code)
  local file = assert(io.open(folder .. "/pinned.lua", "wb"))
  file:write(code)
  file:close()
  local status = os.execute(("ulimit -c 0; cd %s && timeout -k 2 240 %s pinned.lua >pinned.out 2>&1 </dev/null"):format(folder, interpreter))
  local out = assert(io.open(folder .. "/pinned.out", "rb"))
  local text = out:read("*a")
  out:close()
  return "status " .. (status >= 256 and status / 256 or status == 0 and 0 or 128 + status) .. "\n" .. text
end

local listed, different, known = 0, 0, {}
for _, p in ipairs(pinned) do
  known[p.name] = true
  local ref, our = outcome(reference, p.code), outcome(ours, p.code)
  local problem = ref == our and "the difference has vanished" or not ref:find(p.ref) and "the reference does something else"
    or not our:find(p.our) and "ours does something else"
  if problem then
    different = different + 1
    print(("PINNED %s: %s\n  reference: %s\n  ours:      %s"):format(p.name, problem, ref:sub(1, 400), our:sub(1, 400)))
  else
    listed = listed + 1
  end
end
for _, rule in ipairs(rules) do
  if not known[rule.of] then
    different = different + 1
    print("PINNED " .. rule.of .. ": a rule names it, the list does not")
  end
end
print(("allowed: 0 equal, %d allowed, %d differ"):format(listed, different))
os.exit(different == 0 and 0 or 1)

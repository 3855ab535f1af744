-- The top of the programs of loops.lua and recursion.lua: what every program has, variables of all kinds, and small functions over them.

local writer = ...
local Program = writer.Program
local fmt = string.format

-- == The top: variables, and functions without long loops =====================================

function Program:fill() return fmt("fill(function(k) return %s end)", self:of { "k", "k * 2", "k - 5", "k / 4", "100 - k", "k % 3", "k * k", "-k * 0.5" }) end

writer.initial = {
  n = function(p) return p:constant() end,
  d = function(p) return p:fill() end,
  a = function(p) return p:of { "{}", "{1, 2, 3}", "{1, nil, 3, nil, 5}", "{5, 'text', true, 4, k = 1}", "{10, 20, 30, 40, [0] = 0, [-1] = 1, [1.5] = 2}", "{[1] = 1, [2] = 2, [4] = 4}" } end,
  m = function(p) return p:of { "rows(function(k) return rows(function(i) return i * k end) end)", "rows(function(k) return rows(function(i) return i - k / 2 end) end)" } end,
  o = function(p) return p:object() end,
  v = function(p) return fmt("V(%s)", p:constant()) end,
  s = function(p) return p:of { "''", "'a'", "'10'", "'text'" } end,
  b = function(p) return p:of { "true", "false" } end,
  x = function(p) return p:of { "nil", "1", "0.5", "'10'", "false", "2" } end,
}

-- Declared here, set by `reset`.
local function variables(p, plan)
  local names = {}
  for kind in plan:gmatch "." do
    local name = p:fresh(kind)
    names[#names + 1] = name
    p:declare(name)
  end
  p:line("local %s", table.concat(names, ", "))
  return names
end

local function leaf(p)
  local f = p:fresh "f"
  local outer = p.scope
  p:open()
  local params, k = {}, p:int(1, 18)
  p.depth = 2
  for i = 1, p:int(1, 3) do params[i] = p:fresh "n" p:declare(params[i]) end
  local as = p:chance(30) and "function" or "local function"
  local head = fmt("%s %s(%s)", as, f, table.concat(params, ", "))
  local n = params[1]
  if k <= 4 then p.lines[#p.lines + 1] = fmt("%s return %s end", head, p:number(1))
  elseif k == 5 then p.lines[#p.lines + 1] = fmt("%s if %s then return %s end return %s end", head, p:condition(1), p:number(1), p:number(1))
  elseif k == 6 then
    local up = p:name "n"
    p.lines[#p.lines + 1] = fmt("%s %s = %s + 1 return %s end", head, up, up, p:number(1))
  elseif k == 7 then
    params[2] = params[2] or "n0"
    p.recursive[f] = true
    p.lines[#p.lines + 1] = fmt("%s %s(%s, %s) if not (%s > 0 and %s < 9) then return %s or 1 end return %s(%s - 1, %s)%s end", as, f, n, params[2], n, n, params[2], f, n, p:number(1), p:of { "", " + 1" })
    params[3] = nil
  elseif k == 8 then p.lines[#p.lines + 1] = fmt("%s %s(...) local %s, n0 = ... return %s + select('#', ...) + (n0 or 0), %s end", as, f, n, n, n)
  elseif k == 9 then p.lines[#p.lines + 1] = fmt("%s return %s, %s, 3 end", head, p:number(1), n)
  elseif k == 10 then p.lines[#p.lines + 1] = fmt("%s for i0 = 1, %d do %s = %s %s i0 end return %s end", head, p:int(2, 4), n, n, p:of { "+", "*", "-" }, n)
  elseif k == 11 then p.lines[#p.lines + 1] = fmt("%s %s = %s %s = %s.x return %s end", head, n, p:number(1), p:name "o" .. ".y", p:name "o", n)
  elseif k > 12 then p.lines[#p.lines + 1] = fmt("%s %s end", head, p:tailing(params))
  else p.lines[#p.lines + 1] = fmt("%s local n0 = %s return n0 %s %s end", head, p:number(1), p:of { "+", "%", "*" }, n) end
  p:close()
  p.arity[f] = #params
  p:declare(f)
  p:line("F.%s = %s", f, f)
  return f
end

function Program:top()
  local p = self
  p.N, p.R = p:of { 8, 16, 32, 64, 100, 64, 32, 200 }, p:int(2, 6)
  p:line("NZ, INF, NAN = -tonumber('0'), 1 / tonumber('0'), nil NAN = INF - INF")
  if p:chance(60) then p:line("do local copy = {} for k, v in pairs(math) do copy[k] = v end math = copy end") end
  p:line("local MATH, F = {}, {} for k, v in pairs(math) do MATH[k] = v end")
  p:line("local floor, max, abs, sqrt")
  p:line("local function fill(f) local t = {} for k = 1, %d do t[k] = f(k) end return t end", p.N)
  p:line("local function rows(f) local t = {} for k = 1, %d do t[k] = f(k) end return t end", p.R)
  p:line("local CLASS = {__index = {add = function(self, n) self.n = self.n + n return self.x end, get = function(self, n) return self.x + n end, set = function(self, n) self.x, self.y = n, self.x end, moved = function(self, n) return setmetatable({x = n, y = self.x, n = 0}, getmetatable(self)) end}}")
  if p:chance(50) then p:line("local function O(x, y) return setmetatable({x = x, y = y, n = 0}, CLASS) end")
  else p:line("local function O(x, y) return {x = x, y = y, n = 0, add = CLASS.__index.add, get = CLASS.__index.get, set = CLASS.__index.set, moved = CLASS.__index.moved} end") end
  p:line("local function X(a) return type(a) == 'table' and rawget(a, 'x') or tonumber(a) or 0 end")
  p:line("V = {__add = function(a, b) return V(X(a) + X(b)) end, __sub = function(a, b) return V(X(a) - X(b)) end, __mul = function(a, b) return V(X(a) * X(b) %% 1000) end,"
    .. " __unm = function(a) return V(-X(a)) end, __lt = function(a, b) return X(a) < X(b) end, __le = function(a, b) return X(a) <= X(b) end, __eq = function(a, b) return X(a) == X(b) end,"
    .. " __index = function(t, k) return #k end, __newindex = function(t, k, v) rawset(t, k, v) NEW = (NEW or 0) + 1 end}")
  p:line("setmetatable(V, {__call = function(class, x) return setmetatable({x = x}, V) end})")
  p:line("local ADD = V.__add")
  local names = variables(p, "nnnnddaamoovsbxx" .. p:of { "", "nnnnn", "nndao" })
  for _, text in ipairs(writer.functions) do p:line("%s", text) end
  p:line("local CALLED = setmetatable({}, {__call = function(self, n0) return %s end})", p:of { "n0", "n0 + 1", "apply(abs, n0)", p:name "n" .. " - n0" })
  local leaves = {}
  for k = 1, p:int(2, 6) do leaves[k] = leaf(p) end
  p:line("local function reset()")
  for _, name in ipairs(names) do p:line("  %s = %s", name, writer.initial[name:sub(1, 1)](p)) end
  for _, name in ipairs(leaves) do p:line("  %s = F.%s", name, name) end
  p:line("  for k, v in pairs(MATH) do math[k] = v end floor, max, abs, sqrt = math.floor, math.max, math.abs, math.sqrt")
  p:line("  GA, GB, GC, GX, NEW, KEEP, V.__add = %s, %s, %s, %s, nil, {}, ADD", p:constant(), p:constant(), p:constant(), writer.initial.x(p))
  p:line("  debug.setmetatable(0, nil)")
  p:line("end")
  p:line("reset()")
  p:line("local function whole()")
  p:line("  say(%s)", table.concat(names, ", "))
  for _, name in ipairs(names) do
    if name:find "^[daomv]" then p:line("  dump('%s', %s)", name, name) end
  end
  p:line("  say(GA, GB, GC, GX, NEW) dump('KEEP', KEEP)")
  p:line("end")
end

-- What is shown, and how: the files' text on one line.
local function one_line(...)
  local rows = {}
  for _, file in ipairs { ... } do
    for row in io.lines(file) do
      if not row:find "^%s*%-%-" then rows[#rows + 1] = row:match "^%s*(.*)$" end
    end
  end
  return table.concat(rows, " ")
end

-- A program with nothing in it yet but the `preludes` (files).
function writer.program(random, ...)
  local p = setmetatable({ random = random, lines = {}, indent = 0, scope = { names = {} }, count = 0, arity = {}, recursive = {}, smalls = {}, loops = {}, shares = {}, depth = 2, turns = 1 }, Program)
  local names = table.concat({ ... }, " ")
  writer.preludes[names] = writer.preludes[names] or one_line(...)
  p:line("%s", writer.preludes[names])
  return p
end
writer.preludes = {}

-- Functions of recursion.lua that call themselves and each other: families, whose members are reached in many ways, with bodies of
-- the statements of loops.lua between the calls.
--
-- A family counts its calls (t…), and ends when there were too many; what happens late happens at one of these. The first parameter (k…)
-- is how deep it may go, which nothing assigns.

local writer = ...
local Program, weighted = writer.Program, writer.weighted
local fmt = string.format

local function join(list) return table.concat(list, ", ") end

-- == How members are named, and called ========================================================

-- Each sets fam.members: { head = text before the parameters, own = parameters before the depth, inside, outside = calls with a list of
-- arguments, value = the function as an expression outside }, and what is to be written before and behind the functions.
local layout = {}

local function plain(name) return function(list) return fmt("%s(%s)", name, list) end end

local function named(p, fam, count, prefix, head)
  for k = 1, count do
    local name = prefix .. p:fresh "f"
    fam.members[k] = { head = fmt(head, name), own = {}, inside = plain(name), outside = plain(name), value = name, name = name }
  end
end

function layout.single(p, fam) named(p, fam, 1, "", "local function %s") end

function layout.locals(p, fam)
  named(p, fam, p:int(1, 3), "", p:of { "%s = function", "function %s" })
  local names = {}
  for k, member in ipairs(fam.members) do names[k] = member.name end
  p:line("local %s", join(names))
end

function layout.globals(p, fam) named(p, fam, p:int(1, 2), "", "function %s") end

function layout.fields(p, fam)
  local t = p:fresh "fields"
  p:line("local %s = {}", t)
  named(p, fam, p:int(1, 3), t .. ".", p:of { "%s = function", "function %s" })
end

-- Classes of which each inherits from the one before; every object has another as its peer.
function layout.methods(p, fam)
  local classes, self = {}, p:fresh "o"
  for k = 1, p:int(1, 3) do
    classes[k] = p:fresh "q"
    p:line("local %s = setmetatable({}, %s) %s.__index = %s", classes[k], classes[k - 1] or "POINT", classes[k], classes[k])
  end
  local object, peer = p:fresh "q", p:fresh "q"
  p:line("local %s, %s = setmetatable({x = 1, y = %s, n = 0}, %s), setmetatable({n = 1, x = %s, y = 2}, %s)", object, peer, p:constant(), classes[#classes], p:constant(), classes[p:int(math.max(1, #classes - 1), #classes)])
  p:line("%s.peer, %s.peer = %s, %s", object, peer, peer, p:of { object, peer })
  for k = 1, p:int(1, 3) do
    local name, class = p:fresh "f", classes[1]
    local function inside(list)
      local way = p:int(1, 10)
      if way <= 6 then return fmt("%s:%s(%s)", self, name, list) elseif way <= 8 then return fmt("%s.peer:%s(%s)", self, name, list) end
      return way == 9 and fmt("%s:%s(%s)", object, name, list) or fmt("%s.%s(%s, %s)", class, name, self, list)
    end
    fam.members[k] = { head = p:of { fmt("function %s.%s", class, name), fmt("%s.%s = function", class, name) }, own = { self }, inside = inside,
      outside = function(list) return fmt("%s:%s(%s)", object, name, list) end, value = fmt("function(...) return %s:%s(...) end", object, name) }
  end
  -- The last class has its own, which goes on to the one above.
  local member = fam.members[1]
  if #classes > 1 and p:chance(50) then
    local name = member.head:match "%.(%w+)"
    fam.after = fmt("function %s:%s(k, n, ...) self.n = self.n + 1 return %s.%s(self, k, n, ...)%s end", classes[#classes], name, classes[1], name, p:of { "", "", " + 0" })
  end
end

function layout.passed(p, fam)
  local name, me = p:fresh "f", p:fresh "g"
  fam.members[1] = { head = "local function " .. name, own = { me }, inside = function(list) return fmt("%s(%s, %s)", me, me, list) end,
    outside = function(list) return fmt("%s(%s, %s)", name, name, list) end, value = fmt("function(...) return %s(%s, ...) end", name, name) }
end

-- Closures of one text, each with variables of its own.
function layout.instances(p, fam)
  local maker, all, name, own = p:fresh "g", p:fresh "all", p:fresh "f", p:fresh "n"
  p:line("local %s = {}", all)
  fam.before = fmt("local function %s(%s) local %s", maker, own, name)
  fam.own = own
  fam.after = fmt("return %s end %s[1], %s[2], %s[3] = %s(%s), %s(%s), %s(%s)", name, all, all, all, maker, p:constant(), maker, p:constant(), maker, p:constant())
  fam.members[1] = { head = name .. " = function", own = {}, inside = function(list)
      return p:chance(30) and fmt("%s(%s)", name, list) or fmt("%s[floor(%s) %% 3 + 1](%s)", all, fam.depth, list)
    end, outside = function(list) return fmt("%s[%d](%s)", all, p:int(1, 3), list) end, value = all .. "[1]" }
end

local layouts = weighted { "single", 6, "locals", 6, "globals", 2, "fields", 3, "methods", 6, "passed", 1, "instances", 3 }

-- == Calls ====================================================================================

-- What is passed: the depth, and numbers, or (without a family's `steady`) whatever the variables have.
local function arguments(p, fam, depth)
  local list = { depth }
  for k = 2, fam.params do
    list[k] = (p:chance(50) and p:name "n") or p:number(1)
  end
  local roll = p:int(1, 20)
  if roll == 1 and fam.params > 2 then list[#list] = nil
  elseif roll == 2 then list[#list + 1] = p:constant()
  elseif roll == 3 then list[#list + 1] = p:name "x" or "nil"
  elseif roll <= 8 and fam.vararg and p.vararg then list[#list + 1] = "..." end
  return list
end

function Program:smaller()
  local k = self.fam.depth
  return self:of { k .. " - 1", k .. " - 1", k .. " - 1", k .. " - 2", k .. " - 0.5 - 1", "floor(" .. k .. " / 2)" }
end

-- A call within the family; `last`: text of the last argument, which may be open.
function Program:again(last)
  local fam = self.fam
  local list = arguments(self, fam, self:smaller())
  if last then list[math.max(2, #list)] = last end
  return self:of(fam.members).inside(join(list))
end

local uses = weighted {
  function(p) local v = p:fresh "n" p:line("local %s = %s", v, p:again()) p:declare(v) end, 12,
  function(p) local n = p:name "n" p:line("%s = %s %s %s", n, n, p:of { "+", "-", "*" }, p:again()) end, 6,
  function(p) local n = p:name "n" p:line("%s = %s %s %s", n, p:again(), p:of { "+", "-" }, p:number(1)) end, 4,
  function(p) p:line("%s = %s %s %s", p:name "n", p:again(), p:of { "+", "-", "*" }, p:again()) end, 5,
  function(p) local v, x = p:fresh "n", p:fresh "x" p:line("local %s, %s = %s", v, x, p:again()) p:declare(v) p:declare(x) end, 4,
  function(p) local v, x, y = p:fresh "n", p:fresh "x", p:fresh "x" p:line("local %s, %s, %s, %s = %s, %s", v, x, y, p:fresh "x", p:number(1), p:again()) p:declare(v) p:declare(x) p:declare(y) end, 3,
  function(p) p:line("%s, %s = %s", p:name "n", p:name "x", p:again()) end, 3,
  function(p) p:line("%s", p:again()) end, 6,
  function(p) p:line("%s = %s(%s)", p:name "n", p:of { "sum", "count", "max", "floor", "abs", "math.max", "any" }, p:again()) end, 6,
  function(p) p:line("%s = math.max(%s, %s)", p:name "n", p:number(2), p:again()) end, 2,
  function(p) p:line("%s = %s", p:name "n", p:again(p:again())) end, 5,
  function(p) p:line("%s = {%s}", p:name "x", p:again()) end, 2,
  function(p) p:line("%s = #{%s, %s}", p:name "n", p:again(), p:again()) end, 2,
  function(p) p:line("%s = ({%s, %s})[%d] or 0", p:name "n", p:number(2), p:again(), p:int(1, 3)) end, 2,
  function(p) p:line("%s = select('#', %s, %s)", p:name "n", p:again(), p:again()) end, 2,
  function(p) p:line("%s = (%s)", p:name "n", p:again()) end, 2,
  function(p) p:line("if %s %s %s then %s = %s end", p:again(), p:of { "<", ">=", "~=", "==" }, p:number(2), p:name "n", p:number(1)) end, 4,
  function(p) p:line("if %s then %s else %s = 1 end", p:condition(1), p:again(), p:name "n") end, 3,
  function(p) p:line("%s = %s and %s or %s", p:name "n", p:condition(1), p:again(), p:number(2)) end, 3,
  function(p) p:line("%s = %s and %s", p:name "x", p:again(), p:again()) end, 1,
  function(p) p:line("%s = not %s", p:name "b", p:again()) end, 1,
  function(p) local i = p:fresh "i" p:line("for %s = 1, %d do %s = %s + %s end", i, p:int(2, 3), p:name "n", i, p:again()) end, 3,
  function(p) p:line("%s[%s] = %s", p:name "d", p:index(), p:again()) end, 3,
  function(p) p:line("%s.x = %s", p:name "o", p:again()) end, 3,
  function(p) p:line("%s = ('a' .. %s):sub(-9)", p:name "s", p:again()) end, 1,
  function(p) p:line("%s = %s", p:of { "GA", "GB" }, p:again()) end, 2,
  function(p) local member = p:of(p.fam.members) if #member.own == 0 and not p.yields and member.name then p:line("%s, %s = pcall(%s, %s)", p:name "b", p:name "x", member.name, join(arguments(p, p.fam, p:smaller()))) p.fam.wild = true else p:line("%s", p:again()) end end, 2,
  function(p) local c = p:fresh "c" p:line("local function %s() return %s end %s = %s()", c, p:inside(function() return p:again() end), p:name "n", c) end, 2,
  function(p) local n = p:name "n" p:line("local function set(v) %s = v return %s end %s = set(%s)", n, p:inside(function() return p:again() end), p:name "n", p:number(2)) end, 2,
  function(p) local n = p:name "n" p:line("%s, %s = %s, %s", n, p:name "n", n, p:again()) end, 2,
  function(p) p:line("%s = apply(function(v) return %s end, %s)", p:name "n", p:inside(function() return p:again() end), p:number(2)) end, 1,
  function(p) p:line("local v, w = both(any, any, %s)", p:again()) end, 1,
}

-- What a function gives in the end.
local endings = weighted {
  function(p) return p:name "n" end, 10,
  function(p) return p:number(1) end, 4,
  function(p) return p:again() end, 8,
  function(p) return fmt("%s + %s", p:name "n", p:again()) end, 6,
  function(p) return fmt("%s %s %s", p:again(), p:of { "+", "-", "%" }, p:number(2)) end, 4,
  function(p) return fmt("(%s)", p:again()) end, 3,
  function(p) return fmt("%s, %s", p:name "n", p:again()) end, 3,
  function(p) return fmt("%s, %s", p:again(), p:again()) end, 3,
  function(p) return fmt("%s, %s", p:name "n", p:name "x" or "nil") end, 4,
  function(p) return p:again(p:again()) end, 3,
  function(p) return fmt("%s(%s)", p:of { "any", "max", "sum", "floor", "abs", "math.abs", "pick", "unpack", "tonumber" }, p:again()):gsub("pick%(", "pick(1, "):gsub("unpack%((.*)%)$", "unpack({%1})") .. "" end, 4,
  function(p) return fmt("select(%d, %s, %s, 3)", p:int(1, 2), p:name "n", p:name "n") end, 1,
  function(p) return fmt("%s:%s(%s)", p:name "o", p:of { "get", "add" }, p:again()) end, 2,
  function(p) return fmt("%s and %s or %s", p:condition(1), p:again(), p:again()) end, 2,
  function(p) return p:of { "pass(any, %s)", "apply(any, %s)", "both(any, any, %s)" }:format(p:again()) end, 1,
  function(p) return p.vararg and p:of { "count(...), ...", "(... or 1)", "select('#', ...), 2" } or p:name "n" end, 2,
}

-- Late, within the family's calls: what looks at the frames below, or changes them.
local function upset(p)
  local n, level, t = p:name "n", p:int(1, 5), p.fam.counter
  local turn = math.floor(p.fam.most * p:int(35, 95) / 100)
  local member = p:of(p.fam.members)
  local what = p:of {
    fmt("stack(%d)", p:int(2, 7)), fmt("stack(%d)", p:int(2, 7)), fmt("poke_at(%d, '%s', %s)", level, n, p:of { "'12'", "0.5", "nil", "{}", "NAN", "NZ" }), fmt("poke_at(%d, '%s', %s)", level, n, p:of { "'7'", "3" }),
    fmt("environ(%d, %s)", p:int(1, 4), p:of { "'5'", "2", "0.5" }), "say(xpcall(fails, caught, 2))", "caught('here')", "collect()", "collect('step')",
    fmt("hooked('%s', %d)", p:of { "", "l", "cr", "c", "r", "crl" }, p:of { 10, 100, 1, 37 }), "unhooked()", fmt("%s = deep(%d)", n, p:of { 50, 500, 3000 }),
    fmt("error(%s)", p:of { "'here'", "{}", "'level', 2", "'far', 3", "'none', 0", "nil", "NAN" }), fmt("%s = ('x'):rep(%d) .. %s", p:name "s", p:int(1, 9), n), "say(overflow(function() local function f(n) return 1 + f(n) end return f(1) end))",
    p.yields and fmt("%s, %s = coroutine.yield(%s)", n, p:name "x" or n, p:number(1)) or fmt("say('late', %s)", n), p.yields and fmt("coroutine.yield(%s)", n) or "peek()",
    member.name and fmt("%s = %s", member.name, p:of { "math.abs", "math.max", fmt("function(k, n0) return %s end", p:of { "n0", "k + 1", "k, n0" }), "CALLED", "nil", "setmetatable({}, {__call = function(self, k, n0) return n0, k end})" }) or "collect()",
  }
  p:line("if %s %s then %s end", t, p:of { fmt("== %d", turn), fmt("== %d", turn), fmt("%% %d == 0", math.max(50, math.floor(p.fam.most / p:int(2, 6)))) }, what)
  if member.name and what:find(member.name .. " =", 1, true) and p:chance(60) then p:line("if %s == %d then %s = F['%s'] end", t, turn + p:of { 2, 5, 50 }, member.name, member.name) end
end

-- == Bodies ===================================================================================

local themes = { "straight", "straight", "straight", "straight", "arrays", "objects", "calls", "captures", "tables", "all" }

local function body(p, fam, member)
  local params = {}
  for k, name in ipairs(member.own) do params[k] = name end
  p:open()
  p.scope.whole = true
  fam.depth = p:fresh "k"
  params[#params + 1] = fam.depth
  for k = 2, fam.params do
    local name = p:fresh "n"
    p:declare(name)
    params[#params + 1] = name
  end
  if member.own[1] and member.own[1]:find "^o" then p:declare(member.own[1]) end
  if fam.own then p:declare(fam.own) end
  if fam.vararg then params[#params + 1] = "..." end
  p.indent = p.indent - 1
  p:line("%s(%s)", member.head, join(params))
  p.indent = p.indent + 1
  p.vararg, p.yields = fam.vararg, fam.yields
  p.loops = { { count = fam.most, counter = fam.counter, at = function(turn) return fmt("%s == %d", fam.counter, turn) end } }
  p.theme, p.depth = p:of(themes), p:of { 1, 1, 2 }
  p.turns, p.limit, p.hottest, p.size, p.gentle = 1000, 1000 * p:of { 1, 1, 4, 8 }, 0, 0, p:chance(75)
  if p.theme ~= "straight" then fam.wild = true end
  p:line("%s = %s + 1", fam.counter, fam.counter)
  local base = p:of { p:name "n", p:name "n", p:constant(), p:number(1), fmt("%s, %s", p:name "n", fam.depth), p:chance(10) and "" or p:constant(), fam.vararg and "..." or "1" }
  -- The end of it is written when it is known what can happen on the way.
  local guard = #p.lines + 1
  p:line("guard")
  local count, calls = p:of { 0, 1, 1, 2, 3, 5, 8, 14 }, 0
  for k = 1, count do
    local roll = p:int(1, 100)
    if roll <= 35 and calls < 3 then p:of(uses)(p) calls = calls + 1
    elseif roll <= 47 then upset(p)
    else p:statement() end
  end
  local ending = p:of(endings)
  if calls == 0 and p:chance(60) then p:of(uses)(p) end
  p:line("return %s", ending(p))
  local deepest = (fam.wild or fam.yields) and 14 or p:of { 14, 30, 120 }
  fam.deepest = math.min(fam.deepest or deepest, deepest)
  p.lines[guard] = ("  "):rep(p.indent) .. fmt("if not (%s > 0 and %s < %d) or %s > %d then return %s end", fam.depth, fam.depth, deepest, fam.counter, fam.most, base)
  p:close()
  p:line("end")
end

function writer.family(p)
  local fam = { members = {}, params = p:of { 2, 2, 2, 3, 4, 5 }, vararg = p:chance(12), yields = p:chance(15), most = p:of { 1500, 2500, 4000 }, counter = p:fresh "t" }
  p.fam, p.once, p.unbroken = fam, true, true
  p:line("local %s = 0", fam.counter)
  p:open()
  p.indent = p.indent - 1
  local kind = p:of(layouts)
  layout[kind](p, fam)
  if fam.before then p:line("%s", fam.before) end
  for _, member in ipairs(fam.members) do p:inside(function() body(p, fam, member) end) end
  if fam.after then p:line("%s", fam.after) end
  p.indent = p.indent + 1
  p:close()
  p.once, p.unbroken = nil, nil
  -- Others may call it from now on, and replace it.
  for _, member in ipairs(fam.members) do
    if member.name then
      p:line("F['%s'] = %s", member.name, member.name)
      p.restored[#p.restored + 1] = member.name
      if not fam.yields then
        p.arity[member.name], p.recursive[member.name] = fam.params, true
        p:declare(member.name)
      end
    end
  end
  return fam
end

-- Metamethods of mixed.lua: functions of every kind, some of which fail, look at frames or set hooks when they have been called often; and the
-- classes that have them.

local writer = ...
local fmt = string.format

-- $C is the class, $G a variable that counts, $E the event, $H something that a program may do without coroutines.
local bodies = {
  binary = {
    "return $C(VAL(a) + VAL(b))", "return $C(VAL(a) - VAL(b) * 0.5)", "return VAL(a) + VAL(b)", "return VAL(a) * 2 - VAL(b), 1, 2", "return a",
    "return b", "return", "return nil, 5", "$G = ($G + VAL(a)) % 1000 return $G", "local r = VAL(b) $G = $G + 1 return r + $G % 7",
    "return mix(VAL(a), b)", "$G = $G + 1 if $G % 50 == 3 then deep($<20,300>) end return VAL(a)",
    "$G = $G + 1 if $G == $<300,2500> then error('in $E') end return $C(VAL(b))", "local t = {a, b} return VAL(t[1]) + #t",
    "return math.max(VAL(a), VAL(b))", "return VAL(a) .. ''", "return (VAL(a) + VAL(b)) .. 'x'",
    "$G = $G + 1 if $G == $<300,2500> then stack($<2,5>) end return $G % 50", "if VAL(a) > 5 then return $C(1) end return VAL(a) % 3",
    "return any(VAL(a), b)", "$G = $G + 1 if $G == $<300,2500> then collect() end return $C(VAL(a) % 100)",
    "local function g() return VAL(a) + VAL(b) end return g()", "for k = 1, 3 do $G = $G + k end return $G % 100",
    "$G = $G + 1 if $G == $<100,2500> then $H end return $C(VAL(b))",
  },
  order = {
    "return VAL(a) < VAL(b)", "return VAL(a) <= VAL(b)", "return VAL(b) < VAL(a)", "return VAL(a) - VAL(b)", "return", "return nil", "return false",
    "return VAL(a) > 3, 1", "$G = $G + 1 return $G % 3 == 0", "$G = $G + 1 if $G == $<300,2500> then error('in $E') end return VAL(a) < VAL(b)",
    "$G = $G + 1 if $G % 50 == 3 then deep($<20,300>) end return VAL(a) < VAL(b)", "return tostring(VAL(a)) < tostring(VAL(b))", "return a",
    "if VAL(a) == VAL(b) then return 1 end return false", "$G = $G + 1 if $G == $<300,2500> then stack($<2,5>) end return VAL(a) <= 4",
    "$G = $G + 1 if $G == $<100,2500> then $H end return VAL(a) < VAL(b)",
  },
  index = {
    "return VAL(k)", "return #tostring(KEY(k))", "return rawget(t, 'x')", "return k", "return", "return VAL(t) + VAL(k)", "$G = $G + 1 return $G % 9",
    "return $C[k]", "$G = $G + 1 if $G % 50 == 3 then deep($<20,300>) end return 6",
    "$G = $G + 1 if $G == $<300,2500> then error('in $E') end return 2", "return mix(3, k), 2", "rawset(t, KEY(k), 5) return 4",
    "$G = $G + 1 if $G == $<300,2500> then stack($<2,5>) end return VAL(k) % 11", "$G = $G + 1 if $G == $<100,2500> then $H end return VAL(k)",
  },
  newindex = {
    "rawset(t, k, v)", "rawset(t, k, VAL(v) + 1)", "$G = $G + VAL(v) % 7", "$G = $G + 1 if $G == $<300,2500> then error('in $E') end",
    "$G = $G + 1 if $G % 50 == 3 then deep($<20,300>) end", "rawset(t, k, v) return 1, 2", "if VAL(v) > 3 then rawset(t, k, v) end",
  },
  call = {
    "return VAL(t) + VAL(a)", "return a, ...", "return ...", "return select('#', ...), a", "return", "$G = $G + VAL(a) return $G % 100",
    "return any(a, ...)", "return mix(VAL(t), a, ...)", "$G = $G + 1 if $G == $<300,2500> then error('in $E', 2) end return a",
    "$G = $G + 1 if $G % 50 == 3 then deep($<20,300>) end return a", "$G = $G + 1 if $G == $<100,2500> then $H end return ...",
  },
}
local builtins = {
  binary = { "rawequal", "type", "any", "mix", "select('#')", "coroutine.wrap(function(a, b) while true do a, b = coroutine.yield(VAL(a) + VAL(b)) end end)", "pcall" },
  order = { "rawequal", "type", "any", "tonumber", "select", "coroutine.wrap(function(a, b) while true do a, b = coroutine.yield(VAL(a) < VAL(b)) end end)" },
  index = { "rawget", "type", "mix", "any", "{10, 20, 30, x = 7, k = 'text'}", "setmetatable({}, {__index = function(t, k) return VAL(k) end})", "setmetatable({y = 2}, {__index = setmetatable({n = 4}, {__index = rawget})})", "string", "'text'" },
  newindex = { "rawset", "any", "{}", "setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v) end})", "type" },
  call = { "type", "rawget", "any", "any", "mix", "select('#')", "count" },
}
local heads = {
  binary = { "a, b", "a, b", "a, b", "a, b, ..." }, order = { "a, b", "a, b", "a, b, ..." }, index = { "t, k", "t, k", "t, k, ..." },
  newindex = { "t, k, v", "t, k, v, ..." }, call = { "t, a, ..." },
}
local groups = { add = "binary", sub = "binary", mul = "binary", div = "binary", mod = "binary", pow = "binary", unm = "binary", concat = "binary", len = "binary",
  eq = "order", lt = "order", le = "order", index = "index", newindex = "newindex", call = "call" }
local events = { "add", "sub", "mul", "div", "mod", "pow", "unm", "concat", "len", "eq", "lt", "le", "index", "newindex", "call" }

-- Hooks that come and go, or something else: in the reference a coroutine takes over the hook of who makes it, see mixed.lua.
function writer.hooking(p)
  if not p.hooking then return p:of { "collect('step')", "peek()", "n0 = deep(3000)" } end
  return p:of { "hooked('l', 0)", "hooked('', 10)", "hooked('', 100)", "hooked('cr', 0)", "hooked('c', 0)", "unhooked()", "hooked_poke('n', 1, 'l', 0, 5)" }
end

-- The text of one that is called by __EVENT.
function writer.metamethod(p, event, class, counter)
  local group = groups[event]
  if p:chance(22) then
    local text = p:of(builtins[group])
    if text == "select('#')" then text = "function(...) return select('#', ...) end" end
    if event ~= "call" and event ~= "index" and event ~= "newindex" and p:chance(25) then text = fmt("setmetatable({}, {__call = function(self, a, b, ...) return VAL(a)%s end})", group == "order" and " < VAL(b)" or " + VAL(b)") end
    return text
  end
  local body = p:of(bodies[group]):gsub("%$C", class):gsub("%$G", counter):gsub("%$E", event):gsub("%$H", writer.hooking(p))
  local head = p:of(heads[group])
  if group == "call" then return fmt("function(%s) %s end", head, writer.choose(p, body)) end
  if p:chance(10) and group ~= "newindex" then head, body = "...", fmt("local %s = ... %s", head:gsub(", %.%.%.", "") .. "", body) end
  return fmt("function(%s) %s end", head, writer.choose(p, body))
end

-- A class that has nearly all of them, for a program's top.
function writer.class(p)
  local name, counter = p:fresh "Q", p:fresh "COUNT"
  p:line("%s = 0", counter)
  p:line("local %s = {} setmetatable(%s, {__call = function(self, x) return setmetatable({x = x}, self) end})", name, name)
  for _, event in ipairs(events) do
    if event ~= "index" and event ~= "newindex" or p:chance(50) then p:line("%s.__%s = %s", name, event, writer.metamethod(p, event, name, counter)) end
  end
  -- Both operands must have the same one for these.
  if p:chance(15) and p.classes[1] then
    for _, event in ipairs { "lt", "le", "eq", "concat" } do p:line("%s.__%s = %s.__%s", name, event, p.classes[1].name, event) end
  end
  p:line("local %sOLD = {} for k, v in pairs(%s) do %sOLD[k] = v end", name, name, name)
  p.classes[#p.classes + 1] = { name = name, counter = counter }
end

-- Loops of mixed.lua: over tables with changes on the way, by iterators of every kind, and by what is called in a condition.

local writer = ...
local Program, weighted = writer.Program, writer.weighted
local fmt = string.format
local shape = writer.loops.shape

-- A counter beside the loop, which ends it.
local function counter(p)
  local name = p:fresh "i"
  p:line("local %s = 0", name)
  p:declare(name)
  return name
end

local function turn(name) return function(k) return fmt("%s == %d", name, k) end end

local function described(p, name, counted, count, over)
  return { name, "end", { count = count, counter = counted, at = turn(counted), over = over, key = name }, fmt("%s = %s + 1 if %s > %d then break end", counted, counted, counted, count) }
end

-- Names for what the iterator gives: the first counts as an operand of any kind.
local function variables(p, kinds)
  local list = {}
  for kind in kinds:gmatch "." do
    list[#list + 1] = p:fresh(kind)
    if #list > 1 then p.also = list[#list] end
  end
  return list, table.concat(list, ", ")
end

-- By `pairs`, `ipairs` and `next` over tables that have no objects as keys: the order of these differs from run to run.
function shape.tables(p, count)
  local t = p:of { p:name "y", p:name "y", p:name "y", p:name "d", p:name "u", "KEYS" }
  local counted = counter(p)
  local list, text = variables(p, p:of { "x", "xx", "xx", "xx", "xxx" })
  p:line("for %s in %s do", text, (p:of { "pairs(T)", "pairs(T)", "next, T", "next, T, nil", "ipairs(T)", "ipairs(T)", "(pairs(T)), T", "any(pairs(T))", "unpack({pairs(T)}, 1, 3)", "pass(pairs, T)" }:gsub("T", t)))
  return described(p, list[1], counted, count, t)
end

-- By the program's own iterators, and those of the libraries; some of which never end by themselves.
function shape.iterators(p, count)
  local z, counted = p:name "z", counter(p)
  local list, text = variables(p, p:of { "x", "xx", "xx", "xxx", "xxxx" })
  local call = fmt("%s(%d)", z, count)
  p:line("for %s in %s do", text, p:of {
    call, call, call, call, call, fmt("any(%s)", call), fmt("unpack({%s})", call), fmt("pass(%s, %d)", z, count), fmt("pick(1, %s), %d, 0", call, count),
    "math.abs, " .. p:constant(), fmt("rawget, %s, 1", p:name "y"), "type", fmt("function(s, c) return %s end", p:inside(function() return p:number(2) end)),
    fmt("%s, %s, %s", p:name "e", p:operand(), p:constant()),
  })
  return described(p, list[1], counted, count)
end

-- What is called decides whether it goes on.
shape.calls = function(p, count)
  local counted = counter(p)
  local test = p:of {
    fmt("count(%s(%s, %s)) > 0", p:name "e", counted, p:name "n"), fmt("next(%s)", p:name "y"), fmt("type(%s) ~= 'thread'", p:name "w"), fmt("%s == %s or GA ~= say", p:name "w", p:name "w"),
    fmt("%s ~= %s or true", p:name "u", p:name "w"), fmt("#%s < 1000", p:name "s"), fmt("mix(%s, %s) >= 0", counted, p:name "w"), fmt("any(%s) and %s < 5000", counted, counted), fmt("('x' .. %s):sub(1, 1) == 'x'", counted),
  }
  p:line("while %s do", test)
  return described(p, counted, counted, count)
end

local shapes = weighted { "tables", 9, "iterators", 10, "calls", 4, "integers", 9, "while", 3, "repeat", 3, "elements", 2, "fractions", 1, "generic", 1 }

writer.mixed_shapes = shapes

-- == Over a table, on one line ================================================================

local changes = {
  "$N = mix($N, k, v)", "$N = mix($N, k, v) $Y[k] = nil", "if num(k) % 3 < 1 then $Y[k] = nil end $N = mix($N, k)", "$Y[k] = $E", "$Y[k] = v $N = $N + num(v) % 7", "if k == $K then break end $N = mix($N, v)",
  "if num(v) % 2 == 0 then $Y[k] = $E else $N = $N + 1 end", "local c = function() $N = mix($N, k, v) end c()", "rawset($Y, k, nil)", "if v == $W then $N = $N + 1 end", "$N = mix($N, next($Y, k))",
  "for i, w in ipairs($D) do if i > 3 then break end $N = mix($N, i, w, k) end", "local ok, m = pcall(function() return k + v end) $N = mix($N, ok) if not ok then once(m) end", "$N = mix($N, type(k), type(v) == 'string' and v .. k)",
  "if type(k) == 'string' then $N = $N + #k elseif k < 9 then $N = $N - k end", "$X = v", "do local v = $E $Y[k] = v end", "$N = mix($N, $V(k, v))",
}

function writer.over(p)
  local y = p:of { p:name "y", p:name "y", p:name "d", p:name "u", "KEYS" }
  local body = p:of(changes):gsub("%$(%u)", function(kind)
    if kind == "N" then return "$N" end
    if kind == "Y" then return y elseif kind == "E" then return p:of { p:number(2), "false", "'new'", "v", "k", p:name "x" } elseif kind == "K" then return p:of { "3", "'k5'", "10", "'x'" } elseif kind == "W" then return p:name "w" end
    return kind == "D" and p:name "d" or kind == "X" and p:name "x" or kind == "V" and p:name "e"
  end):gsub("%$N", p:name "n")
  p:line("for k, v in %s do %s end", fmt(p:of { "pairs(%s)", "pairs(%s)", "next, %s", "ipairs(%s)" }, y), body)
end

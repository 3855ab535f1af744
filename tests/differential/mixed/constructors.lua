-- Statements of mixed.lua: tables that are made, with names and values of all sorts, and the order that shows what became of them.

local writer = ...
local fmt = string.format
local mixing = writer.mixing

local names = { "x", "y", "z", "n", "a", "b", "c", "left", "right", "key", "value", "next", "name", "kind", "first", "last", "n1", "n2", "n3", "n4", "n5", "n6" }

local function counter(p) return p:name "i" or p:name "j" or p:name "n" end

local function value(p, depth)
  local k = p:int(1, 12)
  if k <= 3 then return p:name(p:of { "n", "w", "x", "s", "u" }) end
  if k == 4 then return "nil" end
  if k == 5 then return fmt("%s %% %d == 0 and %s or nil", counter(p), p:int(2, 5), counter(p)) end
  if k == 6 then return p:of { "true", "false", "'t'", p:number(1) } end
  if k == 7 then return fmt("function() return %s end", p:name "n") end
  if k == 8 then return fmt("mix(%s, %s)", p:name "n", p:name(p:of { "w", "x" })) end
  if k <= 10 and depth < 2 then return mixing.constructor(p, depth + 1) end
  return counter(p)
end

function mixing.constructor(p, depth)
  local fields = {}
  for k = 1, p:of { 0, 1, 2, 2, 3, 3, 4, 5, 8, 9 } do
    if depth == 0 and p:chance(75) or p:chance(55) then fields[k] = fmt("%s = %s", p:of(names), value(p, depth))
    else fields[k] = p:chance(12) and fmt("[%s] = %s", p:of { "1", "2", "0", "'x'", counter(p) .. " % 3" }, value(p, depth)) or value(p, depth) end
  end
  return "{ " .. table.concat(fields, ", ") .. " }"
end

-- The order is the same only if all keys are strings or numbers, which these are.
local shown = {
  "for k, v in pairs(%s) do %s = mix(%s, k, type(v) == 'number' and v or type(v)) end",
  "%2$s = mix(%2$s, next(%1$s)) %1$s.%4$s = %5$s for k in pairs(%1$s) do %2$s = mix(%2$s, k) end",
  "%2$s = mix(%2$s, #%1$s, %1$s[1], %1$s.x, %1$s.%4$s)",
  "%1$s.%4$s = %5$s %1$s.%6$s = nil for k, v in pairs(%1$s) do %2$s = mix(%2$s, k, type(v)) end",
  "%7$s = %1$s %2$s = mix(%2$s, %7$s.%4$s)",
}

function mixing.made(p)
  p:line("local k0 = %s", mixing.constructor(p, 0))
  local n, text = p:own "n", p:of(shown)
  local arguments = { "k0", n, n, p:of(names), value(p, 2), p:of(names), p:name "x" }
  local at = 0
  p:line("%s", (text:gsub("%%(%d?)%$?s", function(number)
    at = at + 1
    return arguments[tonumber(number) or at]
  end)))
end

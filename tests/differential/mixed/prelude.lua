-- What programs of mixed.lua have besides the preludes of loops and recursion: any value as a number, messages shown once, and what
-- is replaced for a while in the libraries and put back. It comes before the others, which take functions of the libraries.
do
  -- Fields of tables that all programs share, and metatables: programs.lua puts them back too, if a program does not come to its end.
  local replaced, smeta, setmeta, print = {}, getmetatable(""), debug.setmetatable, print
  function swap(t, k, v)
    replaced[#replaced + 1] = { t, k, t[k] }
    t[k] = v
  end
  function unswap()
    for k = #replaced, 1, -1 do replaced[k][1][replaced[k][2]] = replaced[k][3] end
    replaced = {}
    setmeta("", smeta)
    setmeta(0, nil)
    setmeta(nil, nil)
    setmeta(print, nil)
  end
  debug.getregistry().unswap = unswap
  local type, rawget, byte, huge, select, tonumber, pairs = type, rawget, string.byte, 1e15, select, tonumber, pairs
  local sums, known = {}, 0
  local function of_text(v)
    local sum = sums[v]
    if not sum then
      sum = #v
      for k = 1, #v < 300 and #v or 300 do sum = (sum * 33 + byte(v, k)) % 1000003 end
      known = known + 1
      if known < 5000 then sums[v] = sum end
    end
    return sum
  end
  function num(v)
    local kind = type(v)
    if kind == "number" then return v ~= v and 11 or (v > huge or v < -huge) and 13 or v end
    if kind == "string" then return of_text(v) end
    if kind == "table" then
      v = rawget(v, "x")
      return type(v) == "number" and v == v and v < huge and v > -huge and v + 29 or 31
    end
    return #kind + (v and 1 or 0)
  end
  local num = num
  -- All that comes after the first changes it.
  function mix(n, ...)
    n = num(n)
    for k = 1, select("#", ...) do n = (n * 31 + k + num((select(k, ...)))) % 1000003 end
    return n
  end
  -- What operands of metamethods have in them.
  function VAL(a)
    local kind = type(a)
    if kind == "table" then a = rawget(a, "x") return type(a) == "number" and a or 3 end
    return kind == "userdata" and 5 or tonumber(a) or kind == "string" and #a or 2
  end
  -- What can be calculated with stays as it is.
  function fit(v)
    local kind = type(v)
    return (kind == "number" or kind == "table" and rawget(v, "x") or kind == "string" and #v < 20 and tonumber(v)) and v or 4
  end
  -- A key that is no object, for the order of these differs from run to run.
  function KEY(v)
    local kind = type(v)
    return (kind == "string" or kind == "number" and v == v) and v or kind
  end
  -- Each message once.
  local seen, shown = {}, 0
  function once(m, ...)
    local key = type(m) == "string" and m or type(m)
    if not seen[key] and shown < 25 then
      seen[key], shown = true, shown + 1
      say("once", m, ...)
    end
    return m
  end
  function NONE() end
  function ONE(a) return a end
  function TWO(a, b) return b, a end
  function YIELD(...) return coroutine.yield(...) end
  function RELAY(n) local a = coroutine.yield(n, "relayed") return a, n end
  -- A userdata with these metamethods.
  function userdata(methods)
    local u = newproxy(true)
    local meta = getmetatable(u)
    for k, v in pairs(methods) do meta[k] = v end
    return u
  end
end

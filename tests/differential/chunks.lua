-- The generated chunks of a file, and an environment for each: the globals that generate.lua expects.

local chunks = {}

function chunks.each(name)
  local file = assert(io.open(name, "rb"))
  local data = file:read("*a")
  file:close()
  local pos = 1
  return function()
    local _, last, id, length = data:find("^@@ (%S+) (%d+)\n", pos)
    if not last then return end
    pos = last + length + 2
    return id, data:sub(last + 1, last + length)
  end
end

local function show(v, d)
  d = d or 2
  if type(v) == "string" then return string.format("%q", v) end
  if type(v) == "number" then return string.format("%.17g", v) end
  if type(v) ~= "table" or d == 0 then return (type(v) == "table" or type(v) == "function") and type(v) or tostring(v) end
  local r = {}
  for k, w in next, v do r[#r + 1] = show(k, d - 1) .. "=" .. show(w, d - 1) end
  return "{" .. table.concat(r, ",") .. "}"
end

-- A chunk with fresh globals; `result()` is all that it has shown.
function chunks.prepare(name, text)
  local shown, ticks = {}, 0
  local run = {}
  function run.out(...)
    for i = 1, select("#", ...) do
      local v = select(i, ...)
      shown[#shown + 1] = (type(v) == "table" and "table" or tostring(v)) .. "\t"
    end
    shown[#shown + 1] = "\n"
  end
  function run.result() return table.concat(shown) end
  local globals = {}
  for k, v in pairs(_G) do globals[k] = v end
  globals._G, globals.arg, globals.out, globals.print, globals.show = globals, nil, run.out, run.out, show
  function globals.tick()
    ticks = ticks + 1
    if ticks > 2000 then
      ticks = 0
      error("tick limit")
    end
  end
  function globals.cut(s) return type(s) == "string" and s:sub(1, 60) or s end
  function globals.key(k) return (type(k) == "table" or type(k) == "function") and type(k) or k end
  function globals.tostring(...)
    local s = tostring(...)
    return type(s) == "string" and s:gsub(": 0x%x+", ": ADDRESS") or s
  end
  function globals.tpcall(f) return xpcall(f, debug.traceback) end
  run.chunk = setfenv(assert(loadstring(text, "@" .. name)), globals)
  return run
end

return chunks

-- Shared by the test scripts: deterministic printing of values and of protected calls.
-- Use: local T = dofile("support/show.lua")
local T = {}

-- The text of a value without any address: strings quoted, other reference types by their type's name.
function T.text(v)
  local t = type(v)
  if t == "string" then
    return (string.format("%q", v):gsub("\\\n", "\\n"))
  elseif t == "number" or t == "nil" or t == "boolean" then
    return tostring(v)
  end
  return "<" .. t .. ">"
end

function T.list(...)
  local out = {}
  for i = 1, select("#", ...) do out[i] = T.text((select(i, ...))) end
  return table.concat(out, " ")
end

-- show(label, values...)
function T.show(label, ...)
  print(label .. ":", T.list(...))
end

-- try(label, f, args...): what pcall gives
function T.try(label, f, ...)
  print(label .. ":", T.list(pcall(f, ...)))
end

-- compile(source): what loadstring gives, functions shown as "ok"
function T.compile(source, name)
  local f, message = loadstring(source, name or "=src")
  if f then return "ok" end
  return message
end

-- run(source): the results or the message of a chunk
function T.run(source, name)
  local f, message = loadstring(source, name or "=src")
  if not f then print("compile:", message) return end
  print("run:", T.list(pcall(f)))
end

-- The keys of a table in traversal order (only for tables with string, number and boolean keys)
function T.keys(t)
  local out = {}
  for k in pairs(t) do out[#out + 1] = T.text(k) end
  return table.concat(out, " ")
end

return T

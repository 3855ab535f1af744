-- Compiles every file named in a list and writes the bytes of string.dump, or the message, to one output file.
--   lua dump.lua LIST OUTPUT          compile source files
--   lua dump.lua LIST OUTPUT DUMPS    load the entries of DUMPS (an earlier output) instead, and dump them again
-- An entry is: kind ("dump" or "error"), a space, the length, a space, the file's name, a newline, the bytes, a newline.
local list, output, dumps = ...
local out = assert(io.open(output, "wb"))

local function entry(name, f, message)
  local kind, bytes = "error", message
  if f then
    local ok, result = pcall(string.dump, f)
    kind, bytes = ok and "dump" or "error", result
  end
  out:write(kind, " ", #bytes, " ", name, "\n", bytes, "\n")
end

if dumps then
  local input = assert(io.open(dumps, "rb"))
  for header in input:lines() do
    local kind, length, name = header:match("^(%a+) (%d+) (.*)$")
    local bytes = input:read(tonumber(length))
    input:read(1)
    if kind == "dump" then entry(name, loadstring(bytes, name)) end
  end
  input:close()
else
  for name in io.lines(list) do
    entry(name, loadfile(name))
  end
end
out:close()

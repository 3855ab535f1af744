-- Compares two outputs of dump.lua and prints what differs.
--   lua5.1 compare.lua LABEL REFERENCE OURS
-- Prints a line for each of the first differences, then "LABEL: D dumps and E messages equal, F differ".
local label, reference, ours = ...
local shown, limit = 0, tonumber(os.getenv("DIFF_LINES")) or 20

local function entries(path)
  local all, order = {}, {}
  local f = assert(io.open(path, "rb"))
  for header in f:lines() do
    local kind, length, name = header:match("^(%a+) (%d+) (.*)$")
    if not kind then break end
    all[name] = { kind = kind, bytes = f:read(tonumber(length)) or "" }
    order[#order + 1] = name
    f:read(1)
  end
  f:close()
  return all, order
end

local function describe(e)
  if e.kind == "error" then return "message: " .. e.bytes end
  return #e.bytes .. " bytes"
end

local wanted, order = entries(reference)
local got = entries(ours)
local dumps, messages, differ = 0, 0, 0
for _, name in ipairs(order) do
  local w, g = wanted[name], got[name]
  if g and w.kind == g.kind and w.bytes == g.bytes then
    if w.kind == "dump" then dumps = dumps + 1 else messages = messages + 1 end
  else
    differ = differ + 1
    shown = shown + 1
    if shown <= limit then
      local where = ""
      if g and g.kind == "dump" and w.kind == "dump" then
        local i = 1
        while w.bytes:byte(i) == g.bytes:byte(i) do i = i + 1 end
        where = ", first difference at byte " .. i
      end
      print("FAIL " .. label .. " " .. name .. ": reference " .. describe(w) .. ", ours " .. (g and describe(g) or "nothing") .. where)
    end
  end
end
print(label .. ": " .. dumps .. " dumps and " .. messages .. " messages equal, " .. differ .. " differ")

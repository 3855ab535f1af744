-- string and io: where the reference wraps, crashes or cannot yield, a clear error or the right result.
local function fails(text, ...)
  local ok, message = pcall(...)
  assert(not ok and tostring(message):find(text, 1, true), tostring(message))
end

-- rep: the reference takes the count as a C int.
fails("resulting string too large", string.rep, "x", 2 ^ 31)
fails("resulting string too large", string.rep, "x", 1e10)
fails("resulting string too large", string.rep, "ab", 2 ^ 30)
assert(string.rep("", 1e10) == "" and string.rep("x", -1e10) == "")

-- Patterns that exhaust the reference's machine stack.
fails("pattern too complex", string.find, ("a"):rep(4e5), ("a?"):rep(4e5) .. "b")
assert(#("a"):rep(1e6):match(".-$") == 1e6 and ("a"):rep(1e5):find("^(a*)$"))

-- A coroutine may yield in gsub's function, gsub may be nested as deep as memory allows.
local co = coroutine.wrap(function() return (("a b c"):gsub("%w", function(c) return coroutine.yield(c) end)) end)
local r = co()
while #r == 1 do r = co(r:upper()) end
assert(r == "A B C")
local function nested(depth)
  if depth == 0 then return "x" end
  return (("q"):gsub("q", function() return nested(depth - 1) end))
end
assert(nested(20000) == "x")

-- What the debug library writes into gsub's frame or an iterator's upvalues does no harm.
local strange = { 1e300, -5, "str", {}, print, 0 / 0, io.stdout, newproxy() }
for slot = 1, 14 do
  for _, v in ipairs(strange) do
    pcall(function() return (("abc def"):gsub("%w", function(c) debug.setlocal(2, slot, v) return c .. c end)) end)
  end
end
for i = 1, 3 do
  for _, v in ipairs(strange) do
    if v ~= print then
      local next_match = ("abc"):gmatch("%w")
      debug.setupvalue(next_match, i, v)
      pcall(next_match)
    end
  end
end
local name = os.tmpname()
for i = 1, 2 do
  for _, v in ipairs(strange) do
    local next_line = io.lines(name)
    debug.setupvalue(next_line, i, v)
    if v ~= io.stdout then pcall(next_line) end
  end
end
os.remove(name)

-- A userdata that holds no FILE is no file, whatever its metatable says.
local u = newproxy()
debug.setmetatable(u, getmetatable(io.stdout))
fails("FILE* expected, got userdata", tostring, u)
fails("FILE* expected, got userdata", io.stdout.read, u)
assert(io.type(u) == nil)
u = nil
collectgarbage()

-- A file whose environment has no close function (the reference calls a null pointer).
local f = io.tmpfile()
debug.setfenv(f, {})
fails("without a close function", f.close, f)
debug.setfenv(f, debug.getfenv(io.open))
assert(f:close())

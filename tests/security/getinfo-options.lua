-- CVE-2019-19391: `>` in the options of debug.getinfo takes a function from the stack, and takes whatever is there for one.
-- The reference crashes on it. And levels and numbers of locals at the ends of their type (CVE-2020-24370).

local function fails(text, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and tostring(message):find(text, 1, true), tostring(message))
end
for _, what in ipairs { ">S", ">f", ">", ">>", "f>", ">L" } do
  fails("invalid option", debug.getinfo, 1, what)
  fails("invalid option", debug.getinfo, 1, what, 5)
  fails("invalid option", debug.getinfo, print, what)
end
local function locals(...)
  local a, b = 1, 2
  for _, n in ipairs { 2^31 - 1, -2^31, 2^31, -2^53, 1e300, -1e300, -1, 0, 100 } do
    assert(debug.getlocal(1, n) == nil and debug.setlocal(1, n, "x") == nil)
    assert(debug.getupvalue(locals, n) == nil and debug.setupvalue(print, n, 1) == nil)
    debug.getinfo(n)
  end
  return a + b
end
assert(locals(7, 8, 9) == 3)
fails("level out of range", debug.getlocal, 2^31 - 1, 1)

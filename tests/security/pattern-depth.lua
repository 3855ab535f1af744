-- Patterns that made the matcher recurse until the machine stack was gone (and CVE-like nesting of gsub).

local function fails(text, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and tostring(message):find(text, 1, true), tostring(message))
end

local n = 4e5
fails("pattern too complex", string.find, ("a"):rep(n), ("a?"):rep(n) .. "b")
fails("pattern too complex", string.match, ("a"):rep(n), ("a?"):rep(n) .. "b")
fails("pattern too complex", string.gsub, ("a"):rep(n), ("a?"):rep(n) .. "b", "")
for _, p in ipairs { "(.-)b$", "(a*)$", "^a*b?$", "a-b-$", "()a*()", "%f[a]a+%f[%z]", "[a-z]*$", "%b()", ".*" } do
  local s = ("a"):rep(1e5)
  local ok, message = pcall(string.find, s, "^" .. p)
  assert(ok or message:find("too complex"), message)
end
assert((("("):rep(1e5) .. (")"):rep(1e5)):match("^%b()$"))
fails("too many captures", string.find, "x", ("()"):rep(33))
fails("malformed pattern", string.find, "x", "[" .. ("a"):rep(1e5))
fails("missing '['", string.find, "x", "%f")
fails("invalid capture index", string.find, "x", "(%1)")
-- Callbacks inside each other are bounded by memory or by an error, never by a crash.
local function nested(depth) return (("x"):gsub("x", function() return depth == 0 and "y" or nested(depth - 1) end)) end
assert(nested(5000) == "y")
local ok, message = pcall(nested, 1e7)
assert(not ok and (tostring(message):find("overflow") or tostring(message):find("memory")), message)

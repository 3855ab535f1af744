-- CVE-2025-46819: long brackets with a huge number of '=', cut at every boundary between pieces; and names, numbers and
-- strings of great length.

local function pieces(text, size)
  local at = 0
  return function() at = at + size return text:sub(at - size + 1, at) end
end
for level = 0, 40 do
  local eq = ("="):rep(level)
  local other = level > 0 and "]" .. eq:sub(2) .. "]" or "]="
  for _, size in ipairs { 1, 2, 3, 7, 4096 } do
    local f = assert(load(pieces("return [" .. eq .. "[text" .. other .. "]" .. eq .. "]", size)))
    assert(f() == "text" .. other)
    f = assert(load(pieces("--[" .. eq .. "[ comment ]" .. eq .. "]return 7", size)))
    assert(f() == 7)
    local g, message = load(pieces("return [" .. eq .. "[text]" .. eq, size))
    assert(not g and message:find("unfinished long string", 1, true))
  end
end
for _, level in ipairs { 2^16, 2^20, 2^24 } do
  local eq = ("="):rep(level)
  assert(loadstring("return [" .. eq .. "[x]" .. eq .. "]")() == "x")
  local f, message = loadstring("return [" .. eq)
  assert(not f and message:find("invalid long string delimiter", 1, true))
  f, message = loadstring("return [" .. eq .. "[x]" .. eq:sub(2) .. "]")
  assert(not f and message:find("unfinished long string", 1, true))
end
local long = ("n"):rep(2^22)
assert(loadstring(long .. " = 1"))
for text, expected in pairs {
  [long .. " " .. long] = "'=' expected near 'nnn", ["x = '" .. long] = "unfinished string near '<eof>'", ["x = 1" .. long] = "malformed number near '1nnn",
  ["return " .. ("9"):rep(2^20) .. "x"] = "malformed number near '999", ["x = \"" .. ("\\"):rep(2^20 + 1)] = "unfinished string near '<eof>'",
  ["--[[" .. long] = "unfinished long comment",
} do
  local f, message = loadstring(text, "=c")
  assert(not f and message:find("c:1: " .. expected, 1, true), message:sub(1, 100))
end

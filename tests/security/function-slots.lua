-- The slot below a frame holds the function that runs in it. Two ways for a chunk to have something else put there: a
-- declared local variable that lies there, set by debug.setlocal, and an upvalue that shares the register.

local function patched(source, from, to)
  local chunk = string.dump(assert(loadstring(source)))
  local at, last = chunk:find(from, 1, true)
  assert(at and not chunk:find(from, last + 1, true), "the place to be changed")
  return chunk:sub(1, at - 1) .. to .. chunk:sub(last + 1)
end
local function word(n) return string.char(n, 0, 0, 0) end

-- `b` is declared over all of the function; the call's function lies in its register.
local name = "\2\0\0\0\0\0\0\0b\0"
local source = "local a do local b end callee() return a"
local chunk = string.dump(assert(loadstring(source)))
local at = select(2, assert(chunk:find(name, 1, true)))
chunk = chunk:sub(1, at) .. word(0) .. word(100) .. chunk:sub(at + 9)
local kept = { 1, 2, 3 }
local found
function callee()
  found = debug.setlocal(2, 2, 12345)
  return kept, #kept -- read through the function that runs
end
assert(assert(loadstring(chunk))() == nil)
assert(found == "b", "the variable has a name")

-- The closure shares register 2 instead of 0: it is called from there.
local move = string.char(0x80, 0, 0x80, 0)
local captures = patched("local a local function f() a = nil return a end f()",
  string.char(0, 0, 0, 0) .. move, string.char(0, 0, 0, 1) .. move)
local f, message = loadstring(captures)
assert(not f and message:find("bad code in precompiled chunk", 1, true), message)

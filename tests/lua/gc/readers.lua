-- The collector runs while a reader of `load` does: what the reader lets go dies at once, finalizers are called, memory does not
-- pile up; and nothing of the chunk that is being read is lost, whatever of it has come.

local function this_text()
  local file = assert(io.open((arg and arg[0]) or debug.getinfo(1, "S").source:sub(2), "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

-- A reader of pieces of `size` bytes, new strings all, that does something before each.
local function pieces(text, size, before)
  local at = 0
  return function()
    before(at)
    at = at + size
    return text:sub(at - size + 1, at)
  end
end

-- Every construct of the language, with names and constants that nothing else holds.
local function source(i)
  return ([[
local first_%d, second_%d, third_%d = 'constant %d', "escaped\n\065 \"%d\"", [==[
long string %d, longer than what is kept once, and so another one each time it is read]==]
local function recursive_%d(parameter_%d, ...) return recursive_%d, ..., arg_%d end
function global_%d(a_%d, b_%d) local c_%d = a_%d return function() c_%d = c_%d .. a_%d .. first_%d return b_%d end end
global_table_%d = { field_%d = 1.5, ['key %d'] = first_%d, %d.25, second_%d; third_%d, [%d] = { inner_%d = { deepest_%d = -%d } } }
function global_table_%d.field_%d() end function global_table_%d:method_%d(x_%d) self.y_%d = x_%d return self end
for i_%d = %d, %d + 2 do for key_%d, value_%d in pairs(global_table_%d) do if i_%d ~= key_%d then break end end end
while not third_%d do local w_%d = 'while %d' if w_%d then break elseif first_%d then w_%d = nil else w_%d = w_%d .. #third_%d end end
repeat local until_%d = global_table_%d:method_%d 'literal %d' until until_%d.y_%d
global_%d, global_table_%d.other_%d, global_table_%d['another %d'] = global_%d, first_%d, second_%d
]]):gsub("%%d", i) .. "return first_" .. i .. ", second_" .. i .. ", third_" .. i .. ", global_table_" .. i .. "\n"
end

local function sum(text)
  local n = 0
  for i = 1, #text do n = (n * 31 + text:byte(i)) % 4294967291 end
  return n
end

-- == Nothing of the chunk is lost =============================================================

local ways = {
  whole = function() collectgarbage() end,
  step = function() collectgarbage("step") end,
  garbage = function(at) local t = {} for i = 1, 10 do t[i] = "garbage " .. at .. " " .. i end end,
  stopped = function() collectgarbage("stop") collectgarbage("restart") end,
}
for _, way in ipairs { "whole", "step", "garbage", "stopped" } do
  for i, size in ipairs { 1, 2, 7, 100, 100000 } do
    local text = source(i * 100 + #way)
    local f = assert(load(pieces(text, size, ways[way]), "@name " .. way .. size))
    local dumped = string.dump(f)
    assert(dumped == string.dump(assert(loadstring(text, "@name " .. way .. size))))
    collectgarbage()
    local first, second, third, t = f()
    print(way, size, #dumped, sum(dumped), first, second, #third, t[1])
    -- And as a binary chunk. (By steps the reference frees strings of it: tests/security/collecting-reader.lua.)
    if way == "whole" then
      local g = assert(load(pieces(dumped, size, ways[way]), "@another name"))
      collectgarbage()
      assert(string.dump(g) == dumped)
      assert(select(2, g()) == second)
    end
  end
end
for _, size in ipairs { 61, 1009 } do
  local f = assert(load(pieces(this_text(), size, ways.whole), "@this"))
  assert(string.dump(f) == string.dump(loadstring(this_text(), "@this")))
end

-- == What a reader sees ======================================================================

local weak, log = setmetatable({}, { __mode = "k" }), {}
local function finalized(what)
  local u = newproxy(true)
  getmetatable(u).__gc = function() log[#log + 1] = what end
end
for _, size in ipairs { 1, 5 } do
  local seen = {}
  local f = load(pieces("return 'some' .. 'text'", size, function(at)
    weak[{}] = at
    finalized(at)
    collectgarbage()
    seen[#seen + 1] = tostring(next(weak) == nil)
  end))
  print(f(), table.concat(seen, " "), table.concat(log, " "))
  log = {}
end
-- By steps, too, and by allocation alone.
for _, way in ipairs { function() collectgarbage("step", 1000) end, function() for i = 1, 2000 do local t = { i } end end } do
  local most = 0
  assert(load(pieces(("local x = 1 "):rep(40), 1, function(at)
    weak[{}] = at
    way()
    local count = 0
    for _ in pairs(weak) do count = count + 1 end
    most = math.max(most, count)
  end)))
  print(most < 200)
end
-- An error of a finalizer that a collection in the reader calls is the reader's.
print(load(pieces("return 1", 1, function(at)
  if at == 3 then
    local u = newproxy(true)
    getmetatable(u).__gc = function() error("a finalizer's", 0) end
    u = nil
    collectgarbage()
  end
end)))

-- == Memory does not pile up =================================================================

collectgarbage()
local before, most = collectgarbage("count"), 0
local f = assert(load(pieces("return " .. ("1 + "):rep(50) .. "1", 1, function()
  local garbage = ("x"):rep(1024 * 1024)
  collectgarbage("step", 1024)
  most = math.max(most, collectgarbage("count") - before)
end)))
print(f(), most < 10 * 1024)
most = 0
f = assert(load(pieces(string.dump(f), 8, function()
  for i = 1, 1000 do local t = { i, {}, "garbage " .. i } end
  collectgarbage("step", 200)
  most = math.max(most, collectgarbage("count") - before)
end)))
print(f(), most < 10 * 1024)
collectgarbage()
print(collectgarbage("count") - before < 100)

-- == Loads in readers ========================================================================

local function nested(depth, i)
  local text = source(i) .. "--" .. depth
  return assert(load(pieces(text, 200, function(at)
    if depth > 0 then
      local g = nested(depth - 1, i + at % 3) -- the same names and others
      assert(select(2, g()) ~= nil)
    end
    collectgarbage()
  end), "=nested"))
end
f = nested(2, 7000)
assert(string.dump(f) == string.dump(loadstring(source(7000) .. "--2", "=nested")))
print(select("#", f()))

-- == Loads that fail =========================================================================

for at = 0, 200, 20 do
  for _, how in ipairs { "syntax", "error", "yield", "type" } do
    local text = source(8000 + at):sub(1, at) .. (how == "syntax" and " = = " or "")
    local reader = pieces(text, 3, ways.whole)
    local function failing()
      local piece = reader()
      if piece ~= "" then return piece end
      if how == "error" then error("the reader's", 0) elseif how == "yield" then coroutine.yield() elseif how == "type" then return {} end
    end
    print(how, at, coroutine.wrap(function() return load(failing, "=failing") end)())
    collectgarbage()
  end
end

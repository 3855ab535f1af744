-- A reader that looks, by the debug library, at what the parser keeps on the stack, and changes it: the reference shows its
-- unfinished functions there, and crashes. And readers that throw, yield, load in turn, and give what is no string.

for _, source in ipairs { "local a, b = 1, 'text' return function() return a .. b end", "return {1, 2, 'x', {y = 'z'}}", "x = = 1", "return [==[ long ]==]" } do
  for slot = -1, 12 do
    for _, value in ipairs { 1, "s", {}, type } do
      local at, kept = 0, {}
      local f, message = load(function()
        at = at + 1
        for level = 2, 3 do -- load; who called it
          if debug.getinfo(level, "S").what == "C" then
            local name, v = debug.getlocal(level, slot)
            if name then
              kept[#kept + 1] = v
              debug.setlocal(level, slot, value)
            end
          end
        end
        collectgarbage("step", 1)
        return at <= #source and source:sub(at, at) or nil
      end, "@chunk")
      collectgarbage()
      for i = 1, #kept do assert(type(kept[i]) ~= "proto" and tostring(kept[i])) end
      if f then pcall(f) else assert(message ~= nil) end
    end
  end
end
local function reader_of(what)
  local n = 0
  return function() n = n + 1 if n == 2 then return what() end return n == 1 and "return " or nil end
end
local function fails(text, what)
  local ok, f, message = pcall(load, reader_of(what))
  assert(not (ok and f) and tostring(ok and message or f):find(text, 1, true), tostring(message))
end
fails("wrong", function() error("wrong") end)
fails("table: ", function() error({}) end)
fails("reader function must return a string", function() return {} end)
fails("reader function must return a string", function() return true end)
fails("attempt to yield", coroutine.yield)
fails("too large", function() return ("x"):rep(2^40) end)
fails("stack overflow", function() local function f() return f() + 1 end return f() end)
assert(load(reader_of(function() return 1 end))() == 1)
assert(load(reader_of(function() return load(function() collectgarbage() end) and "2" end))() == 2)

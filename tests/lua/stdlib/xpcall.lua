-- xpcall of Lua functions: results in any number, for any number that is wanted; handlers, and what they see; errors in them; frames.

local function none() end
local function three() return 1, 2, 3 end
local function many() return unpack({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23 }) end
local function handler(m) return "handled: " .. tostring(m) end
local function count(...) return select("#", ...) end

print(xpcall(none, handler))
print(xpcall(three, handler))
print(xpcall(many, handler))
print((xpcall(three, handler)))
local a, b = xpcall(three, handler)
local c, d, e, f, g, h = xpcall(three, handler)
print(a, b, c, d, e, f, g, h)
print(count(xpcall(none, handler)), count(xpcall(three, handler)), count(xpcall(many, handler)), #{ xpcall(three, handler) })
print(select("#", xpcall(three, handler), xpcall(none, handler)))
xpcall(three, handler)
print(xpcall(three, nil), xpcall(three, 1))
print(xpcall(three, handler, 7, 8, 9))
print(xpcall(function(...) return select("#", ...), ... end, handler, 7))
print(xpcall(function(x, y) return x, y end, handler, 7, 8))
print(pcall(xpcall))
print(pcall(xpcall, none))
print(xpcall(print, handler), xpcall(nil, handler), xpcall({}, handler))
print(xpcall(setmetatable({}, { __call = function(self, x) return "called", x end }), handler, 1))

-- Errors, in the function and in the handler, and of any kind.
print(xpcall(function() error("text", 0) end, handler))
print(xpcall(function() error("placed") end, handler))
print(xpcall(function() error({}) end, type))
print(xpcall(function() error() end, handler))
print(xpcall(function() local x = nil return x.y end, handler))
print(xpcall(function() error("first") end, function(m) error("second") end))
print(xpcall(function() error("first") end, nil))
print(xpcall(function() error("first") end, 5))
print(xpcall(function() error("more") end, function(m) return m, 2, 3 end))
print(xpcall(function() error("nothing") end, none))
print(xpcall(function() return xpcall(function() error("inner") end, handler) end, function() return "outer" end))
print(xpcall(function() xpcall(three, none) error("after") end, handler))
print(xpcall(function() return pcall(error, "unhandled") end, handler))
print(xpcall(function() return pcall(function() return xpcall(three, handler) end) end, handler))

-- What is seen of it from inside, and by its handler.
local function frames()
  local list = {}
  for level = 2, 5 do
    local i = debug.getinfo(level, "nSl")
    if not i then break end
    list[#list + 1] = i.what .. ":" .. tostring(i.name) .. ":" .. i.namewhat .. ":" .. i.currentline
  end
  return table.concat(list, " ")
end
print(xpcall(function() return frames() end, handler))
print(xpcall(function() local x = frames() return x end, handler))
print(xpcall(function() error("seen") end, function(m) return m .. " " .. frames() end))
print((select(2, xpcall(function() local t = nil t.x = 1 end, debug.traceback)):gsub("\n[^\n]*%[C%]: %?", "")))
print(xpcall(function() return debug.getlocal(2, 1) == "(*temporary)", select(2, debug.getlocal(2, 1)) == handler, debug.getlocal(2, 2) end, handler))

-- Often, with upvalues, locals around it, a growing stack, and collections.
local sum, kept = 0, {}
for i = 1, 3000 do
  local before, t = i, { i }
  local ok, x, y = xpcall(function() if i % 7 == 0 then error(t) end return t[1], before end, function(m) return m[1] + 0.5 end)
  sum = sum + (ok and x + y or x)
  if before ~= i or t[1] ~= i then print("lost", i) end
  kept[i % 20] = { xpcall(three, handler) }
  if i % 500 == 0 then collectgarbage() end
end
print(sum, #kept[3])
local function deep(n) if n == 0 then return 0 end local ok, x = xpcall(function() return deep(n - 1) end, handler) return x + 1 end
print(deep(150))
local function wide(n) return unpack({}, 1, n) end
print(count(xpcall(function() return wide(5000) end, handler)))
local function overflow() return 1 + overflow() end
local ok, m = xpcall(overflow, function(m) return (tostring(m):gsub(".*: ", "")) end)
print(ok, m)

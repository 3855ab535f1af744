-- A table constructor so long that the number of a block of its values has a word of its own: every such number, also
-- those whose bits look like other instructions.
local function list(count) return assert(loadstring("local function f() return {" .. ("7,"):rep(count) .. "} end return f()"))() end
for block = 512, 600 do
  local t = list(block * 50)
  assert(#t == block * 50 and t[#t] == 7)
end
print("ok")

-- After an overflow that was caught at the limit, the next one is an ordinary error again, handler and all.
local function chain() return pcall(chain) and 1 end
local function deep() return 1 + deep() end
local function each() local ok = pcall(each) local x = { unpack({}, 1, 200) } return 1 end
for _, first in ipairs { chain, deep, each } do
  print(pcall(first)) print(pcall(deep))
  print(xpcall(deep, function(m) return "handled: " .. m end))
  print(xpcall(deep, function(m) return deep() end))
  print(pcall(deep))
end

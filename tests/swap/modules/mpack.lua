-- mpack: MessagePack packed and unpacked, whole and in pieces, with extension types and calls of a session.
local mpack = require "mpack"
local function canonical(v) return dofile "modules/support/canonical.lua"(v, mpack.NIL) end
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
local pack, unpack = mpack.Packer(), mpack.Unpacker()
for _, v in ipairs { 0, 1, -1, 127, 128, 255, 256, 65535, 65536, -32, -33, -128, -129, 2 ^ 31, 2 ^ 32, -2 ^ 31, 2 ^ 53, 1.5, -0.25, 1e300, "", "text", ("x"):rep(40), ("y"):rep(300), true, false, mpack.NIL, {}, { 1, 2, 3 }, { a = 1 }, { { { "deep" } } }, { 1, nil, 3 } } do
  local packed = pack(v) local back = mpack.Unpacker()(packed) print(hex(packed:sub(1, 20)), #packed, canonical(back))
end
local big = {} for i = 1, 3000 do big[i] = { id = i, name = "item " .. i, list = { i, i * 2, i / 4 }, ok = i % 2 == 0 } end
local packed = pack(big) print(#packed) local whole, at = mpack.Unpacker()(packed) print(canonical(whole) == canonical(big), at)
local u, got = mpack.Unpacker(), nil for i = 1, #packed, 1000 do local v = u(packed:sub(i, i + 999)) if v ~= nil then got = v end end print(canonical(got) == canonical(big))
local Point = {} Point.__index = Point
local p = mpack.Packer { ext = { [Point] = function(o) return 5, o.x .. "," .. o.y end } } local up = mpack.Unpacker { ext = { [5] = function(code, s) local x, y = s:match "(%d+),(%d+)" return setmetatable({ x = tonumber(x), y = tonumber(y), code = code }, Point) end } }
local back = up(p { setmetatable({ x = 3, y = 4 }, Point), "z" }) print(getmetatable(back[1]) == Point, back[1].x, back[1].y, back[1].code, back[2])
print(pcall(mpack.Packer(), print)) print(pcall(mpack.Packer(), coroutine.create(function() end))) print(pcall(mpack.Unpacker(), "\193")) local loop = {} loop[1] = loop print((pcall(pack, loop)))
pack = mpack.Packer() local s = mpack.Session { unpack = mpack.Unpacker() } local r = s:request "data" .. pack "method" .. pack { 1, 2 } print(hex(r))
local t = mpack.Session { unpack = mpack.Unpacker() } local kind, id, method, arguments, at = t:receive(r, 1) print(kind, id, method, canonical(arguments), at) print(hex(t:notify() .. pack "n" .. pack {})) for i = 1, 300 do mpack.Unpacker() mpack.Packer() end collectgarbage() print "end"

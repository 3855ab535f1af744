-- lua-zlib: streams in both directions, in pieces, checksums, errors.
local zlib = require "zlib"
local text = {}
for i = 1, 3000 do text[i] = ("line %d with %s\n"):format(i, ("word "):rep(i % 9)) end
text = table.concat(text)
for level = 0, 9, 3 do
  local deflate = zlib.deflate(level)
  local packed, done, inn, out = deflate(text, "finish")
  print(level, #packed, done, inn, out)
  local back, eof, i, o = zlib.inflate()(packed) print(back == text, eof, i, o)
end
local deflate, parts = zlib.deflate(), {}
for at = 1, #text, 777 do parts[#parts + 1] = (deflate(text:sub(at, at + 776), at % 3 == 0 and "sync" or nil)) end
parts[#parts + 1] = (deflate("", "finish"))
local packed, inflate, back = table.concat(parts), zlib.inflate(), {}
for at = 1, #packed, 99 do back[#back + 1] = (inflate(packed:sub(at, at + 98))) end
print(#packed, table.concat(back) == text)
local gz = zlib.deflate(6, 15 + 16)(text, "finish") print(gz:byte(1, 2)) print(zlib.inflate()(gz) == text)
print(zlib.crc32()(text), zlib.adler32()(text), zlib.crc32()("a"), zlib.adler32()("a"))
local crc = zlib.crc32() for at = 1, #text, 1000 do crc(text:sub(at, at + 999)) end print(crc "")
for _, bad in ipairs { "not compressed", packed:sub(1, 50) .. "xxxxxxxx" .. packed:sub(60) } do print(pcall(zlib.inflate(), bad)) end
print(pcall(zlib.deflate, 99)) print(pcall(zlib.deflate())) local d = zlib.deflate() d("x", "finish") print(pcall(d, "more")) print(pcall(d, "x", "nosuch"))
for i = 1, 300 do zlib.deflate() zlib.inflate() end collectgarbage() print(type(zlib.version()))

-- cjson: round trips of about a megabyte, every kind of value, options, errors.
local cjson = require "cjson"
local function canonical(v) return dofile "modules/support/canonical.lua"(v, cjson.null) end
print(cjson._VERSION, cjson.encode { 1, 2, 3 }, cjson.encode {}, cjson.encode { [1] = 1, [2] = 2 }, cjson.encode "text\n\"\\/\1", cjson.encode(1.5), cjson.encode(1e100), cjson.encode(true), cjson.encode(cjson.null), cjson.encode(nil))
print(cjson.encode { key = "v" }, cjson.encode { nested = { { { 1 } } } }, cjson.encode { [3] = "sparse" }, cjson.encode { a = { 1, 2, { b = "c" } } })
print(canonical(cjson.decode '{"a":[1,2.5,-3e2,true,false,null],"b":{"c":"d\\u00e9\\n\\u20ac\\ud83d\\ude00"},"":0}'))
local items = {}
for i = 1, 8000 do
  items[i] = { id = i, name = "item number " .. i, price = i * 1.25, tags = { "t" .. i % 10, "u" .. i % 7 }, active = i % 2 == 0, parent = i > 1 and { id = i - 1 } or cjson.null, text = ("lorem ipsum "):rep(i % 5) }
end
local text = cjson.encode(items)
print(#text, #text > 1000000)
local back = cjson.decode(text)
assert(canonical(back) == canonical(items))
assert(canonical(cjson.decode(cjson.encode(back))) == canonical(items))
print(text:sub(1, 200)) -- the order of keys is that of next
for round = 1, 3 do collectgarbage() local again = cjson.encode(cjson.decode(text)) assert(#again == #text) end
for _, bad in ipairs { "", "{", "[1,", "[1 2]", '{"a" 1}', "{a:1}", "nul", "'x'", '"unfinished', '"\\x"', "[1]x", "01", "-", "1e", "\0", '"\1"', ("["):rep(2000), '{"a":}', '["\\u12"]', "nan" } do print((pcall(cjson.decode, bad)), (select(2, pcall(cjson.decode, bad)))) end
print(pcall(cjson.encode, print)) print(pcall(cjson.encode, { [{}] = 1 })) print(pcall(cjson.encode, { [1] = 1, [100] = 2 })) print(pcall(cjson.encode, 0 / 0)) print(pcall(cjson.encode, 1 / 0)) print(pcall(cjson.encode, { [1.5] = 1 })) print(pcall(cjson.encode)) print(pcall(cjson.decode)) print(pcall(cjson.decode, {})) print(pcall(cjson.encode, coroutine.create(function() end)))
local loop = {} loop[1] = loop
print(pcall(cjson.encode, loop))
local deep = {} for i = 1, 900 do deep = { deep } end
print(#cjson.encode(deep))
print(cjson.encode_sparse_array(true, 2, 3), cjson.encode_max_depth(10), cjson.decode_max_depth(), cjson.encode_number_precision(5), cjson.encode(math.pi), cjson.encode_invalid_numbers())
print(cjson.encode { [1] = 1, [10] = 2 }, pcall(cjson.encode, deep))
print(cjson.decode_invalid_numbers(), cjson.encode_keep_buffer())
local own = cjson.new() print(own.encode_number_precision(), own.encode(math.pi), type(own.decode), own.null == cjson.null, type(cjson.null))
local safe = require "cjson.safe" print(safe.decode "[1", safe.encode(print))

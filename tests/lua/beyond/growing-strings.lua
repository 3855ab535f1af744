-- A string that is made by appending takes time by its length, not by its square: a million pieces are a matter of moments.
local s, kept = "", {}
for i = 1, 1000000 do
  s = s .. "0123456789"
  if i % 1000 == 0 then kept[#kept + 1] = s end -- the older ones cost next to nothing, either
end
assert(#s == 10000000)
for i = 1, #kept do
  assert(#kept[i] == i * 10000 and kept[i]:sub(-11) == "90123456789")
end
assert(kept[#kept] == s)
collectgarbage()
collectgarbage()
assert(collectgarbage("count") < 64 * 1024, "a thousand strings share their bytes")

-- One that the host looks at in each turn is copied, and right.
local t = ""
for i = 1, 2000 do
  t = t .. "0123456789"
  assert(#t == i * 10 and not os.getenv(t))
end

kept, s = nil
collectgarbage()
collectgarbage()
assert(collectgarbage("count") < 2048, "and are freed with the last of them")
print("ok")

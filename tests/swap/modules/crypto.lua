-- openssl (luaossl) and md5: digests, ciphers, keys, signatures, certificates; errors.
local digest, cipher, hmac, pkey, rand, bignum = require "openssl.digest", require "openssl.cipher", require "openssl.hmac", require "openssl.pkey", require "openssl.rand", require "openssl.bignum"
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
for _, name in ipairs { "md5", "sha1", "sha256", "sha512" } do print(name, hex(digest.new(name):final "text"), hex(hmac.new("key", name):final "text")) end
local d = digest.new "sha256" for i = 1, 5000 do d:update("piece " .. i) end print(hex(d:final()))
local key, iv = ("k"):rep(32), ("i"):rep(16)
local packed = cipher.new("aes-256-cbc"):encrypt(key, iv):final(("secret "):rep(100)) print(#packed, hex(packed:sub(1, 16))) print(cipher.new("aes-256-cbc"):decrypt(key, iv):final(packed) == ("secret "):rep(100)) print((pcall(function() return assert(cipher.new("aes-256-cbc"):decrypt(key, iv):final "short") end)))
print((pcall(cipher.new, "nosuch")), (pcall(digest.new, "nosuch")), #rand.bytes(33))
local k = pkey.new { type = "EC", curve = "prime256v1" } local data = digest.new "sha256":update "signed" local sig = k:sign(data) print(k:verify(sig, digest.new "sha256":update "signed"), k:verify(sig, digest.new "sha256":update "other"))
local pub = pkey.new(k:toPEM "public") print(pub:verify(sig, digest.new "sha256":update "signed"), k:toPEM "public" == pub:toPEM "public")
print(tostring(bignum.new(2) ^ 200 + 1), bignum.new "12345678901234567890" * 3 == bignum.new "37037036703703703670", bignum.new(7) % 4, bignum.new(5) < bignum.new(6))
local x509, name = require "openssl.x509", require "openssl.x509.name" local crt, n = x509.new(), name.new() n:add("CN", "here.example") crt:setSubject(n) crt:setIssuer(n) crt:setPublicKey(k) crt:setLifetime(0, 86400) crt:sign(k) print(tostring(crt:getSubject()), crt:getLifetime()) print(x509.new(crt:toPEM()):toPEM() == crt:toPEM()) print((pcall(x509.new, "no certificate")))
for i = 1, 200 do digest.new "md5" cipher.new "aes-128-cbc" bignum.new(i) end collectgarbage()
local md5 = require "md5" print(md5.sumhexa "", md5.sumhexa(("x"):rep(100000)), #md5.sum "a", md5.decrypt(md5.crypt("message", "key"), "key")) print((pcall(md5.decrypt, "short", "key")), md5.exor("abc", "   ")) print(pcall(md5.sum)) print(pcall(md5.exor, "a", "ab"))
local des = require "des56" local c = des.crypt("some text", "password") print(#c, des.decrypt(c, "password"))

-- iconv: texts between encodings, in both directions, with errors.
local iconv = require "iconv"
local text = "caf\195\169 \226\130\172 na\195\175ve \230\151\165"
for _, to in ipairs { "utf-16le", "utf-32be", "utf-8", "latin1", "latin1//TRANSLIT", "ascii//IGNORE", "euc-jp", "utf-7" } do
  local cd = iconv.new(to, "utf-8")
  local out, err = cd:iconv(text)
  print(to, out and (out:gsub(".", function(c) return ("%02x"):format(c:byte()) end)), err)
  local back = iconv.new("utf-8", (to:gsub("//.*", ""))) print((back:iconv(out or "")) == text)
end
local cd = iconv.new("utf-8", "latin1") local all = {} for i = 0, 255 do all[#all + 1] = string.char(i) end all = table.concat(all)
local out, err = cd:iconv(all:rep(200)) print(#out, err) print((iconv.new("latin1", "utf-8"):iconv(out)) == all:rep(200))
print(iconv.new("nosuch", "utf-8")) print(iconv.new("utf-8", "utf-8"):iconv "\255\254") print(iconv.new("utf-16", "utf-8"):iconv "x\195")
print(iconv.ERROR_NO_MEMORY, iconv.ERROR_INVALID, iconv.ERROR_INCOMPLETE) print(pcall(iconv.new)) print(pcall(cd.iconv, 5)) for i = 1, 300 do iconv.new("utf-8", "latin1") end collectgarbage() print "end"

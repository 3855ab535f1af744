-- io: random contents read by random formats, the same on every run; lines around the size of a buffer.
local seed = 777
local function random(n) seed = (seed * 16807) % 2147483647 return seed % n end
local function pick(t) return t[random(#t) + 1] end
local name = os.tmpname()
local pieces = { "\n", "a", "12", " ", "-", "0x", "\0", "3.5e", "nan", "inf", "\r", ("y"):rep(8190), ("z"):rep(8191), ("w"):rep(8192), "+", ".", "\n\n", "hello world" }
local formats = { "*l", "*a", "*n", 0, 1, 3, 8192, 8193, 100000, "*x", "l", -1, 2.7 }

for _ = 1, 800 do
  local contents = {}
  for i = 1, random(12) do contents[i] = pick(pieces) end
  local f = assert(io.open(name, "wb"))
  f:write(unpack(contents))
  f:close()
  f = io.open(name, "rb")
  for _ = 1, random(8) + 1 do
    local wanted = {}
    for i = 1, random(4) do wanted[i] = pick(formats) end
    local got = { pcall(f.read, f, unpack(wanted)) }
    for i = 1, #wanted + 2 do
      local v = got[i]
      io.write(type(v) == "string" and #v .. ":" .. v:sub(1, 40):gsub("%z", "\\0") or tostring(v), ";")
    end
    io.write(tostring(f:seek()), "\n")
    if random(4) == 0 then print(f:seek(pick { "set", "cur", "end" }, random(20) - 10)) end
  end
  f:close()
  for line in io.lines(name) do io.write(#line, ",") end
  print()
end
os.remove(name)

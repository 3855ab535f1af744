-- Bytecode that no compiler writes: a FORLOOP that leads forward, out of the loop that it is in.
local function word(op, a, bx) -- 6, 8 and 18 bits
  local n = op + a * 2 ^ 6 + bx * 2 ^ 14
  return string.char(n % 256, math.floor(n / 2 ^ 8) % 256, math.floor(n / 2 ^ 16) % 256, math.floor(n / 2 ^ 24))
end
local MOVE, TEST, FORLOOP, ZERO = 0, 26, 31, 131071

local function replaced(text, from, to)
  local at = assert(text:find(from, 1, true), "not there")
  assert(not text:find(from, at + 1, true), "there twice")
  return text:sub(1, at - 1) .. to .. text:sub(at + #to)
end

for _, step in ipairs { 0.25, 0.01, 0.001, 0.0001 } do
  local code = ("local i, l, s, v = 1, 0, 1 local c = 0 while l do c = c + 1 l = l + %s end return c, i, l, v"):format(step)
  -- For TEST and the JMP behind it: FORLOOP to the RETURN, and nothing.
  local dumped = replaced(string.dump(assert(loadstring(code, "=odd"))), word(TEST, 1, 0), word(FORLOOP, 0, ZERO + 4) .. word(MOVE, 4, 4 * 2 ^ 9))
  local f = assert(loadstring(dumped))
  for round = 1, 3 do print(step, f()) end
end

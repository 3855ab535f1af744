-- Random choices that are the same on every interpreter: a Lehmer generator, and helpers on it.
-- RANDOM_OFFSET=n in the environment gives other cases: n=1, 2, 3, … for a longer search.
local R = {}
local state = 1
local offset = (tonumber(os.getenv("RANDOM_OFFSET")) or 0) * 7919

function R.seed(n) state = (n + offset) % 2147483646 + 1 end

-- an integer in [1, n]
function R.int(n)
  state = (state * 48271) % 2147483647
  return state % n + 1
end

function R.chance(percent) return R.int(100) <= percent end
function R.pick(list) return list[R.int(#list)] end

-- A checksum of a string, to compare long outputs (and binary chunks) in short.
function R.checksum(s)
  local a, b = 1, 0
  for i = 1, #s, 64 do
    local bytes = { s:byte(i, i + 63) }
    for j = 1, #bytes do
      a = (a + bytes[j]) % 65521
      b = (b + a) % 65521
    end
  end
  return ("%04x%04x:%d"):format(b, a, #s)
end

return R

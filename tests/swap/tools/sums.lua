--- Sums of sequences: a module for the tools to work on.
-- @module sums
local sums = {}

--- Adds the elements of a sequence.
-- @param t a sequence of numbers
-- @return their sum, 0 if there are none
-- @usage sums.total { 1, 2, 3 }
function sums.total(t)
  local total = 0
  for _, v in ipairs(t) do total = total + v end
  return total
end

--- The running sums of a sequence.
-- @tparam table t a sequence of numbers
-- @treturn table as long as `t`
function sums.running(t)
  local out, total = {}, 0
  for i = 1, #t do
    total = total + t[i]
    out[i] = total
  end
  return out
end

--- The mean.
-- @param t a sequence
-- @raise `no elements` when it is empty
function sums.mean(t)
  if #t == 0 then error("no elements", 2) end
  return sums.total(t) / #t
end

return sums

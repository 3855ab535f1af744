local s = 0
for i = 1, 20 do
  local j = 0
  repeat
    j = j + 1
    local f = function()
      return i + j
    end
    s = s + f()
  until j >= 5
  while j > 0 do
    j = j - 1
    if j == 2 then
      break
    end
  end
end
assert(s > 0)

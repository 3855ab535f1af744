-- Globals: functions and counters, as scripts without locals have them.
local scale = tonumber((...)) or 1
rounds = math.floor(4200000 * scale)
count, sum, limit = 0, 0, 100
function bump(x) count = count + 1; return x + 1 end
function clamp(x) if x > limit then return x - limit end return x end
for i = 1, rounds do
  sum = sum + clamp(bump(i % 150))
  if sum > 1000000 then sum = math.floor(sum / 2) end
end
print(count, sum)

-- Comparisons whose metamethods always said the same while their loop got machine code, and say the other then.

local M = {} M.__lt = function() return false end M.__le = function() end M.__eq = function() return nil end
local a, b = setmetatable({}, M), setmetatable({}, M)
local n, m, k = 0, 0, 0
for i = 1, 6000 do
  if i == 5000 then M.__lt = function() return true end M.__le = function(x) return x end M.__eq = function() return 1 end end
  if a < b then n = n + 1 else n = n + 10000 end
  if a <= b then m = m + 1 else m = m + 10000 end
  if a == b then k = k + 1 else k = k + 10000 end
end
print(n, m, k)

local M = {} M.__lt = function() return 1 end M.__le = function() return {} end M.__eq = function() return true end
local a, b = setmetatable({}, M), setmetatable({}, M)
local n, m, k = 0, 0, 0
for i = 1, 6000 do
  if i == 5000 then M.__lt = function() return false end M.__le = function(x) return nil end M.__eq = function() return false end end
  if a < b then n = n + 1 else n = n + 10000 end
  if a <= b then m = m + 1 else m = m + 10000 end
  if a == b then k = k + 1 else k = k + 10000 end
end
print(n, m, k)

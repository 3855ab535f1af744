-- Method calls found through one metatable.
local scale = tonumber((...)) or 1

local Account = {}
Account.__index = Account
function Account.new(owner) return setmetatable({ owner = owner, balance = 0, moves = 0 }, Account) end
function Account:deposit(x) self.balance = self.balance + x; self.moves = self.moves + 1 end
function Account:withdraw(x)
  if x > self.balance then return false end
  self.balance = self.balance - x; self.moves = self.moves + 1
  return true
end
function Account:get() return self.balance end

local a, b, failed = Account.new("a"), Account.new("b"), 0
for i = 1, math.floor(1500000 * scale) do
  a:deposit(i % 10)
  if a:withdraw(5) then b:deposit(5) else failed = failed + 1 end
  if b:get() > 1000 then b:withdraw(990) end
end
print(a:get(), b:get(), a.moves, b.moves, failed)

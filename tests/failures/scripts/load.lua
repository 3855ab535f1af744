local pieces = {'local a = ', '1 + 2 ', 'return a, ', '"text", ', 'function(x) return x end'}
local i = 0
local function no(f, e)
  if not f then
    error(e, 0)
  end
  return f
end
local f = no(load(function() i = i + 1 collectgarbage('step') return pieces[i] end, 'chunk'))
assert(f() == 3)
local g = no(loadstring(string.dump(f)))
assert(g() == 3)
for n = 1, 8 do
  no(loadstring('return ' .. ('('):rep(n) .. '{1, "a", x = 2}' .. (')'):rep(n)))()
end

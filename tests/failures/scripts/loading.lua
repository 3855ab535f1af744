local function reader_of(text, size)
  local at = 1
  return function()
    local piece = text:sub(at, at + size - 1)
    at = at + size
    if at % 3 == 0 then collectgarbage('step') end
    return piece
  end
end
local text = 'local a, b, c = 1, "two", [==[' .. ('long '):rep(60) .. ']==] -- a comment\n' ..
  'local t = {a, b, [c] = {x = a, "y"}, f = function(self, ...) local n = select("#", ...) return a + n, function() a = a + 1 return a end end}\n' ..
  'for k, v in pairs(t) do if k == 1 and not v or a ~= 1 then break elseif a < 2 then a = a * 3 ^ 2 % 7 - -1 else repeat local z = #b .. "" until z end end\n' ..
  'while false do end return t.f, t:f(1, 2, nil)'
for size = 1, 40, 13 do
  local f = check(load(reader_of(text, size), '=pieces'))
  local g = check(loadstring(string.dump(f), 'dumped'))
  assert(type(g()) == 'function' and check(load(reader_of(string.dump(f), size))))
end
for _, wrong in ipairs {'x =', 'for', 'goto', '"open', '[[open', '--[[ open', 'x = }', 'break', 'return return', 'local function', "x = '\\999'", '1 = 2', ('('):rep(300)} do
  local f, message = check(loadstring(wrong, '@' .. ('name/'):rep(30)))
  assert(not f and #message > 5, wrong)
end
assert(not check(load(function() error('in a reader') end)) and not check(load(function() return {} end)))
assert(not check(loadstring('\27Lua' .. ('x'):rep(30))))
local names = {}
for i = 1, 190 do
  names[i] = 'name' .. i
end
assert(check(loadstring('local ' .. table.concat(names, ',') .. ' = 1 return function() return ' .. table.concat(names, '..', 1, 55) .. ' end')))
names[#names + 1] = table.concat(names, ',')
assert(not check(loadstring('local ' .. table.concat(names, ','))))
local constants = {}
for i = 1, 300 do
  constants[i] = '"c' .. i .. '",' .. i .. '.5'
end
assert(#check(loadstring('return {' .. table.concat(constants, ',') .. '}'))() == 600)
local branches = {}
for i = 1, 60 do
  branches[i] = (i > 1 and 'else' or '') .. 'if x == ' .. i .. ' then y = ' .. i
end
assert(check(loadstring('local x, y = ... ' .. table.concat(branches, ' ') .. ' end return y'))(40) == 40)

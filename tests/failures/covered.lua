-- Which functions no program of this folder calls: of the C API by symbols.txt, of the libraries by what this Lua has.
--
--   lua covered.lua symbols.txt FILE.c ... FILE.lua ...
--
-- Prints their names, and fails if there are any.
local function read(name)
  local f = assert(io.open(name))
  local text = f:read('*a')
  f:close()
  return text
end

local c, scripts = '', ''
for i = 2, #arg do
  if arg[i]:find('%.c$') then c = c .. read(arg[i]) else scripts = scripts .. read(arg[i]) end
end

local missing, count = {}, 0
local function want(name, is_there)
  count = count + 1
  if not is_there then missing[#missing + 1] = name end
end

for line in read(arg[1]):gmatch('[^\n]+') do
  if not line:find('^#') then want(line, c:find(line .. '[^%w_]')) end
end
local function mentioned(name) return scripts:find('[.:]' .. name .. '%f[^%w_]') end
for name, value in pairs(_G) do
  if type(value) == 'function' then
    want(name, scripts:find('%f[%w_]' .. name .. '%f[^%w_]'))
  elseif type(value) == 'table' and value ~= _G and value ~= arg then
    for key, f in pairs(value) do
      -- A process that ends shows nothing.
      if type(f) == 'function' and f ~= os.exit then want(name .. '.' .. key, mentioned(key)) end
    end
  end
end
for key, f in pairs(getmetatable(io.stdout)) do
  if type(f) == 'function' and not key:find('^__') then want('file:' .. key, mentioned(key)) end
end

table.sort(missing)
for _, name in ipairs(missing) do
  print('no program refuses memory to ' .. name)
end
print(count .. ' functions, ' .. #missing .. ' of them in no program')
os.exit(#missing == 0 and count > 200 and 0 or 1)

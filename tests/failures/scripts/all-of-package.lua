local folder = os.tmpname()
os.remove(folder)
local file = folder .. '_failures.lua'
local path, cpath = package.path, package.cpath
local ok, e = pcall(function()
  local f = io.open(file, 'w')
  check(f, f or 'not enough memory')
  f:write('local name = ... module(name, package.seeall) value = {name} function get() return value end')
  f:close()
  package.path = folder .. '_?.lua;/nowhere/?.lua'
  package.cpath = '/nowhere/?.so;' .. folder .. '_?.lua'
  for i = 1, 3 do
    assert(require('failures').get()[1] == 'failures' and require('failures') == failures)
    package.loaded.failures, failures = nil, nil
    local found, message = check(pcall(require, 'not.there.at.all'))
    assert(not found and message:find('not found'))
    check(pcall(require, 'failures.as.a.library'))
    package.preload.given = function(name) error('loading ' .. name) end
    assert(not check(pcall(require, 'given')))
    package.preload.given = nil
    package.loaded.given = nil
    table.insert(package.loaders, 1, function(name) if name == 'made' then return function(n) return {n} end end return '\n\tno' end)
    assert(require('made')[1] == 'made')
    package.loaded.made = nil
    table.remove(package.loaders, 1)
    local cos, what = package.loadlib('libm.so.6', 'cos')
    check(cos, what)
    assert(type(cos) == 'function' and not check(package.loadlib('libm.so.6', 'no_such_function')) and not check(package.loadlib('/nowhere.so', 'x')))
    module('failures_inner.a.b', package.seeall)
    _G.setfenv(1, _G)
    failures_inner, package.loaded['failures_inner.a.b'] = nil, nil
    package.seeall({})
  end
end)
package.path, package.cpath = path, cpath
os.remove(file)
check(ok, e)
assert(ok, e)

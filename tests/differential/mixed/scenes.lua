-- Scenes of mixed.lua: small programs about one thing each, with choices in their texts (choices.lua), and $E: something that happens late,
-- in a loop whose variable is r and where n is a number that sums up. The scenes themselves are in the files beside this one.

local writer = ...
local fmt = string.format
local scenes = {}
writer.scenes = scenes

local events = {
  "collect()", "collect('step')", "n = n + deep(5000)", "n = mix(n, deep(300))", "peek()", "stack(3)", "stack(5)", "poke('n', n % 100 + 0.5)", "poke('n', 7)", "poke('r', r)", "print(debug.traceback('on the way', $<0,2>))", "say(pcall(error, 'x'))",
  "hooked('', 100)", "hooked('l', 0)", "hooked('cr', 0)", "hooked('', 1)", "hooked('c', 0)", "hooked_poke('n', 5, '$(|l|r)', $<1,20>, $<1,9>)", "unhooked()",
  "swap(_G, 'mix', function(n, ...) return (num(n) * 3 + select('#', ...)) % 9973 end)", "swap(_G, 'num', function(v) return type(v) == 'number' and v or 5 end)", "swap(_G, 'type', function() return 'number' end)", "swap(_G, 'pairs', function(t) return next, t end)",
  "swap(_G, 'ipairs', pairs)", "swap(_G, 'next', function(t, k) if k == nil then return 'own', 1 end end)", "swap(_G, 'select', function(...) return 9 end)", "swap(_G, 'unpack', function(t) return t[1] end)", "swap(_G, 'tostring', function(v) return 'text' end)", "swap(_G, 'pcall', function(f, ...) return false, 'own', ... end)",
  "swap(string, 'sub', function(s, i, j) return 'own' end)", "swap(string, 'byte', function(s) return 1, 2 end)", "swap(string, 'find', string.match)", "swap(_G, 'setmetatable', function(t, m) return t end)", "swap(_G, 'rawget', rawequal)", "unswap()",
  "debug.setmetatable('', {__index = function(s, k) return string[k] end})", "debug.setmetatable('', {__index = string, __add = function(a, b) return 5 end, __lt = function() return true end, __concat = function() return 1 end})",
  "debug.setmetatable(nil, {__index = function(t, k) return 1 end, __add = function() return 2 end, __lt = function() return true end, __concat = function() return 'nil' end})", "debug.setmetatable(0, {__index = {x = 1}, __call = function(n, ...) return ... end})",
  "say(overflow(function() local function g(n) return 1 + g(n) end return g(1) end))", "deep(50)", "setfenv(1, setmetatable({}, {__index = getfenv(1)}))",
}

-- Turns at which something happens: some when only what is hot after three turns is compiled, most when everything is.
local turns = { 3, 5, 9, 40, 700, 1100, 1600, 2100, 2400, 2700 }

local function expand(p, text)
  local threads, event = text:find("coroutine", 1, true), ""
  for _ = 1, p:of { 0, 1, 1, 1, 2, 3 } do
    local what
    -- In the reference a coroutine takes over the hook of who makes it, and looks for its function by address.
    repeat what = p:of(events) until not (threads and what:find("hooked", 1, true))
    event = event .. fmt("if r == %d then %s end ", p:of(turns), what)
  end
  return writer.choose(p, (text:gsub("%$E", function() return event end)))
end

for _, part in ipairs { "operands", "iteration", "calls", "threads", "frames" } do
  assert(loadfile(writer.here .. "/mixed/scenes/" .. part .. ".lua"))(scenes)
end

local names = {}
for name in pairs(scenes) do names[#names + 1] = name end
table.sort(names)

function writer.scene(p)
  local name = p:of(names)
  writer.text(p, name, expand(p, scenes[name]))
  p:line("unswap()")
end

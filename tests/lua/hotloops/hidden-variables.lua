-- The hidden variables of a generic loop, and the visible ones, changed by debug.setlocal late in it: the iterator, its state, the control variable.

local function idx(level, name)
  local last for k = 1, 250 do local f = debug.getlocal(level + 1, k) if not f then break end if f == name then last = k end end return last
end
local function it(s, c) if c < 20 then return c + 1, c end end
local alts = {next, it, function(s, c) if c < 20 then return c + 2, 'x' end end, setmetatable({}, {__call = function(self, s, c) if c < 20 then return c + 5 end end}), coroutine.wrap(function() for i = 1, 5 do coroutine.yield(i) end end), 5, function() end, 
  function(...) return nil end, ipairs{}, "str"}
local function gen(first, mk, what, ai, at)
  local n, turns = 0, 0
  local function body()
    for r = 1, 200 do
      for k, v in mk() do
        turns = turns + 1
        if turns == at then debug.setlocal(1, idx(1, what), alts[ai]) end
        if turns > at + 3000 then return 'long' end
        n = (n * 3 + (tonumber(k) or 1) + (type(v) == 'number' and v or 7)) % 1000003
      end
    end
    return n, turns
  end
  local ok, a, b = pcall(body)
  print(first, what, ai, at, ok, (tostring(a):gsub('0x%x+', '')), b)
end
for ai = 1, 10 do
  for _, at in ipairs{4, 1200, 2000} do
    for _, w in ipairs{"(for generator)", "(for state)", "(for control)", "k", "v"} do
      gen('it', function() return it, nil, 0 end, w, ai, at)
      gen('ipairs', function() return ipairs{4, 5, 6, 7, 8, 9, 10, 11, 12, 13} end, w, ai, at)
      gen('pairs', function() return pairs{4, 5, 6, 7, 8, 9, 10, 11, 12, 13} end, w, ai, at)
      gen('obj', function() return setmetatable({}, {__call = it and function(self, s, c) if c < 10 then return c + 1 end end}), nil, 0 end, w, ai, at)
    end
  end
end

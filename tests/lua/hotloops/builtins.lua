-- Builtins on tables and on any value in hot loops: table.insert, setmetatable, assert, tonumber, with all that may be passed to them.

local insert, concat = table.insert, table.concat
local function told(...)
  local t = { n = select("#", ...), ... }
  for i = 1, t.n do t[i] = tostring(t[i]):gsub("0x%x+", "ADDRESS") end
  return t.n .. ":" .. concat(t, " ")
end
local function try(f, ...) return told(pcall(f, ...)) end

-- Lists that grow, of numbers, strings, tables; with holes, with fields, read-only proxies.
local function grow(t, n, kind)
  for i = 1, n do
    if kind == 1 then insert(t, i) elseif kind == 2 then insert(t, "s" .. i) elseif kind == 3 then insert(t, { i }) else insert(t, i % 3 == 0 and "x" or i / 2) end
  end
  return #t
end
for kind = 1, 4 do
  local t = {}
  for round = 1, 3 do print(kind, grow(t, 700, kind)) end
  local sum = 0
  for i = 1, #t do local v = t[i] sum = (sum * 3 + (type(v) == "table" and v[1] or tonumber(v) or #v)) % 1000003 end
  print(sum, #t)
end
local lists = {
  { 1, 2, 3 }, { x = 1 }, { 1, 2, nil, 4 }, { [2] = 5 }, setmetatable({}, { __newindex = function() error("never") end, __len = function() return 100 end }),
  { nil, nil, 3 }, { 1, x = 2, y = 3 }, setmetatable({ 1 }, { __newindex = function() error("never") end }),
}
for k, t in ipairs(lists) do
  print(k, grow(t, 300, 1), t[#t], t[1], t[2], t[3], t[4], rawget(t, "x"))
end
local function with_nil(t, n) for i = 1, n do insert(t, i % 10 ~= 0 and i or nil) end return #t end
print(with_nil({}, 500), with_nil({ 1 }, 500))
local function wrong(t, v, n) for i = 1, n do insert(i == n and t or lists[1], v) end end
for round = 1, 3 do
  print(try(wrong, nil, 1, 600)) print(try(wrong, "text", 1, 600)) print(try(wrong, 5, 1, 600)) print(try(wrong, io.stdout, 1, 600))
end
local function forms(n)
  local t, r = {}, nil
  for i = 1, n do
    insert(t, i)
    insert(t, 1, i)
    r = insert(t, i)
    if i % 100 == 99 then print(select("#", insert(t, 0)), r) end
  end
  return #t, t[1], t[#t]
end
print(forms(400))
print(try(function() for i = 1, 500 do if i == 500 then insert({}) else insert({}, i) end end end))
print(try(function() for i = 1, 500 do if i == 500 then insert() else insert({}, i) end end end))
print(try(function() for i = 1, 500 do if i == 500 then insert({}, 1, 2, 3) else insert({}, i) end end end))
-- Old lists get young values.
local old = {}
for i = 1, 2000 do insert(old, { i }) if i % 500 == 0 then collectgarbage() end if i % 7 == 0 then collectgarbage("step") end end
local sum = 0
for i = 1, #old do sum = sum + old[i][1] end
print(sum)
local weak = setmetatable({}, { __mode = "v" })
for i = 1, 1000 do insert(weak, old[i]) end
collectgarbage()
print(#weak, weak[1000][1])

-- Objects.
local C = {}
C.__index = C
function C.new(x) return setmetatable({ x = x }, C) end
function C.made(x) local o = { x = x } setmetatable(o, C) return o end
function C:get() return self.x end
local D = setmetatable({ __index = function(t, k) return k end, __metatable = "hidden" }, { __index = C })
local function objects(n)
  local sum, kept = 0, {}
  for i = 1, n do
    local o, p = C.new(i), C.made(i + 1)
    sum = sum + o:get() + p:get()
    local q = setmetatable({}, D)
    if q.name ~= "name" or getmetatable(q) ~= "hidden" or getmetatable(o) ~= C then print("wrong", i) end
    if setmetatable({}, nil) == nil or getmetatable(setmetatable(o, nil)) ~= nil then print("wrong", i) end
    if i % 50 == 0 then kept[#kept + 1] = setmetatable(p, D) collectgarbage("step") end
  end
  return sum, #kept, kept[1].other
end
for round = 1, 3 do print(objects(600)) end
local function again(t, mt, n) for i = 1, n do setmetatable(t, mt) end return getmetatable(t) == mt end
print(again({}, C, 500), again({}, nil, 500), try(again, setmetatable({}, D), C, 500))
local function set(values, mts, n)
  local last
  for i = 1, n do last = setmetatable(values[i % #values + 1], mts[i % #mts + 1]) end
  return type(last)
end
for round = 1, 3 do
  print(try(set, { {}, {} }, { C, D }, 600)) print(try(set, { {}, {} }, { C, {} }, 600)) print(try(set, { {} }, { C, 5 }, 600)) print(try(set, { {}, "text" }, { C }, 600))
  print(try(set, { {}, io.stdout }, { C }, 600)) print(try(set, { {} }, { C, false }, 600)) print(try(set, { {}, newproxy and newproxy() or print }, { C }, 600))
end
print(try(function() for i = 1, 500 do if i == 500 then setmetatable({}) else setmetatable({}, C) end end end))
-- A metatable with a finalizer or weak keys; the class collected, while objects live.
local count = 0
for i = 1, 600 do
  local class = { __index = { n = i }, __mode = i % 2 == 0 and "k" or nil }
  local o = setmetatable({}, class)
  o[{}] = i
  if i % 40 == 0 then collectgarbage() for _ in pairs(o) do count = count + 1 end end
  if o.n ~= i then print("wrong", i) end
end
print(count)

-- assert, with messages, results, what is false.
local function asserts(values, n)
  local sum = 0
  for i = 1, n do
    local v = values[i % #values + 1]
    assert(v)
    assert(v, "message " .. i)
    assert(i, 1, 2, 3)
    local w = assert(v)
    local x, y, z = assert(v, i)
    if w ~= x or y ~= i and y ~= nil or z ~= nil then print("wrong", i) end
    sum = sum + (type(w) == "number" and w or 1) + assert(i, "never")
  end
  return sum
end
for round = 1, 3 do
  print(try(asserts, { 1, 2, 3 }, 700)) print(try(asserts, { 1, true, "text", {}, 0, "" }, 700)) print(try(asserts, { 1, 2, false }, 700))
end
local function fails(at, message, n) for i = 1, n do assert(i ~= at, message) end return "none" end
for _, message in ipairs { "text", 5, {}, true, false } do print(try(fails, 600, message, 700)) end
print(try(fails, 600, nil, 700), try(fails, 0, nil, 700))
print(try(function() for i = 1, 500 do if i == 500 then assert() else assert(i) end end end))

-- tonumber
local function numbers(values, n)
  local sum = 0
  for i = 1, n do
    local v = tonumber(values[i % #values + 1])
    sum = sum + (v and v == v and v or 1000)
  end
  return sum
end
for round = 1, 3 do
  print(numbers({ 1, 2.5, -0, 1e15 }, 700), numbers({ "1", "0x10", " 5 ", "1e2", "x", "" }, 700), numbers({ 1, "2", {}, true, 0 / 0 }, 700))
  print(try(numbers, { 1, nil }, 600))
end
print(try(function() local x for i = 1, 500 do if i == 500 then x = tonumber() else x = tonumber(i) end end return x end))
print(try(function() local x for i = 1, 500 do x = tonumber("z", 36) + tonumber(i, 10) end return x end))

-- All of them replaced in the middle.
local function changing(n)
  local sum, t = 0, {}
  for i = 1, n do
    if i == 300 then table.insert = function(t, v) rawset(t, #t + 1, v * 2) return v end end
    if i == 400 then table.insert = rawset end
    if i == 401 then table.insert = insert end
    if i == 500 then assert_ = function(v) return 7 end end
    if i == 600 then assert_ = tonumber end
    if i == 700 then tonumber_ = function(v) return v, 2, 3 end end
    if i == 800 then tonumber_ = tostring end
    if i == 900 then tonumber_, assert_ = tonumber, assert end
    if i == 1000 then setmetatable_ = function(t, mt) return mt end end
    if i == 1100 then setmetatable_ = type end
    if i == 1200 then setmetatable_ = setmetatable end
    if i == 1300 then setmetatable_ = nil end
    if i == 1302 then setmetatable_ = setmetatable end
    local ok, e = pcall(function()
      for k = 1, 2 do
        if i ~= 400 then table.insert(t, i) end
        local a, b = assert_(i), tonumber_(i)
        local o = setmetatable_({}, C)
        sum = (sum * 3 + a + b + #t + (o == C and 10 or getmetatable(o) == C and 20 or type(o) == "string" and 30 or 40)) % 1000003
      end
    end)
    if not ok then print(i, e) end
  end
  return sum, #t
end
for round = 1, 3 do
  assert_, tonumber_, setmetatable_ = assert, tonumber, setmetatable
  print(changing(1500))
end

-- A code generator: descriptions of classes read by patterns, written as Lua by gsub with functions, loaded and run.
local scale = tonumber((...)) or 1
local load = loadstring or load

local source = [[
class Point
  field x number 0
  field y number 0
  field label string origin
  # the length, squared
  method square() = @x * @x + @y * @y
  method move(dx, dy) = set(@x + dx, @y + dy)
  method set(a, b) = Point.new{ x = a, y = b, label = @label }
end
class Pixel : Point
  field colour string red
  field depth number 8
  method describe(prefix) = prefix .. @colour .. ":" .. square()
  method deeper(n) = @depth + n
end
class Counter
  field count number 0
  field name string counter
  method twice() = @count * 2
  method text() = @name .. "=" .. twice()
end
]]

local function parse(text)
  local classes, current = {}, nil
  for line in text:gmatch("[^\n]+") do
    line = line:gsub("%s*#.*$", ""):match("^%s*(.-)%s*$")
    if line ~= "" then
      local word, rest = line:match("^(%a+)%s*(.*)$")
      if word == "class" then
        local name, base = rest:match("^(%w+)%s*:?%s*(%w*)$")
        current = { name = name, base = base ~= "" and base or nil, fields = {}, methods = {}, known = {} }
        classes[#classes + 1] = current
      elseif word == "field" then
        local name, kind, default = rest:match("^(%w+)%s+(%w+)%s+(.+)$")
        table.insert(current.fields, { name = name, kind = kind, default = default })
      elseif word == "method" then
        local name, arguments, body = rest:match("^(%w+)%((.-)%)%s*=%s*(.+)$")
        table.insert(current.methods, { name = name, arguments = arguments, body = body })
        current.known[name] = true
      elseif word == "end" then
        current = nil
      end
    end
  end
  return classes
end

local templates = {
  class = [[
local $name = {}
$name.__index = $name
$inherit
function $name.new(init)
  local self = setmetatable({}, $name)
$fields
  return self
end
$methods
classes.$name = $name
]],
  inherit = "setmetatable($name, { __index = $base })",
  field = "  self.$name = init.$name or $value",
  method = "function $class:$name($arguments)\n  return $body\nend",
}
local function fill(name, values)
  return (templates[name]:gsub("%$(%w+)", function(key)
    local v = values[key]
    if type(v) == "function" then return v() end
    return v or ""
  end))
end
local function indent(text, by)
  return (text:gsub("[^\n]+", function(line) return (" "):rep(by) .. line end))
end

local function write(classes)
  local out = { "local classes = {}" }
  local inherited = {}
  for _, class in ipairs(classes) do
    local base = class.base and inherited[class.base]
    local known, all = {}, {}
    if base then
      for k in pairs(base.known) do known[k] = true end
      for _, f in ipairs(base.fields) do all[#all + 1] = f end
    end
    for k in pairs(class.known) do known[k] = true end
    for _, f in ipairs(class.fields) do all[#all + 1] = f end
    inherited[class.name] = { known = known, fields = all }
    local function expression(body)
      body = body:gsub("@(%a%w*)", "self.%1")
      return (body:gsub("([%w.]*)(%f[%w]%a%w*)(%()", function(before, name, paren)
        if before == "" and known[name] then return "self:" .. name .. paren end
        return nil
      end))
    end
    out[#out + 1] = fill("class", {
      name = class.name,
      inherit = function() return class.base and fill("inherit", class) or "" end,
      fields = function()
        local lines = {}
        for i, f in ipairs(all) do
          lines[i] = fill("field", { name = f.name, value = f.kind == "string" and ("%q"):format(f.default) or f.default })
        end
        return table.concat(lines, "\n")
      end,
      methods = function()
        local lines = {}
        for i, m in ipairs(class.methods) do
          lines[i] = fill("method", { class = class.name, name = m.name, arguments = m.arguments, body = expression(m.body) })
        end
        return table.concat(lines, "\n\n")
      end,
    })
  end
  out[#out + 1] = "return classes"
  return table.concat(out, "\n")
end

-- What a compressor of source does: comments, spaces and the names of locals.
local function minify(code)
  local names, count = {}, 0
  code = code:gsub("local (%u%w*)", function(name)
    if not names[name] then
      count = count + 1
      names[name] = "_" .. count
    end
    return nil
  end)
  code = code:gsub("([%.:]?)(%u%w*)", function(dot, name)
    if dot == "" and names[name] then return names[name] end
  end)
  return (code:gsub("[ \t]+", " "):gsub("\n%s*", "\n"):gsub(" ?([=+*,{}()]) ?", "%1"))
end

local function checksum(s)
  local sum = 0
  for i = 1, #s do sum = (sum * 31 + s:byte(i)) % 16777213 end
  return sum
end

local sum = 0
for i = 1, math.floor(2400 * scale + 0.5) do
  local text = source:gsub("(%d+)", function(d) return tostring(d + i % 7):gsub("%.0$", "") end)
  local code = write(parse(text))
  local small = minify(code)
  local classes = assert(load(small, "=generated"))()
  local p = classes.Pixel.new{ x = i % 10, y = 2, colour = "blue" }
  local c = classes.Counter.new{ count = i }
  for j = 1, 10 do
    sum = sum + p:deeper(j) + p:move(j, 1):square() + #p:describe("<") + #c:text()
  end
  sum = (sum + #indent(code, 4) + checksum(small)) % 1000000007
end
print(("%d"):format(sum))

-- Tables written as Lua source with sorted keys and indentation, as configuration writers do.
local scale = tonumber((...)) or 1

local function key(k)
  if type(k) == "string" and k:match("^[%a_][%w_]*$") then return k end
  return "[" .. (type(k) == "string" and ("%q"):format(k) or tostring(k)) .. "]"
end
local function order(a, b)
  local x, y = type(a), type(b)
  if x ~= y then return x < y end
  return a < b
end
local function write(v, indent, out)
  if type(v) ~= "table" then
    out[#out + 1] = type(v) == "string" and ("%q"):format(v) or tostring(v)
    return
  end
  local keys = {}
  for k in pairs(v) do keys[#keys + 1] = k end
  table.sort(keys, order)
  out[#out + 1] = "{\n"
  for _, k in ipairs(keys) do
    out[#out + 1] = ("  "):rep(indent + 1) .. key(k) .. " = "
    write(v[k], indent + 1, out)
    out[#out + 1] = ",\n"
  end
  out[#out + 1] = ("  "):rep(indent) .. "}"
end
local data = { version = 3, ["odd key"] = true }
for i = 1, 60 do data["entry" .. i] = { i, i * 2, name = "n" .. i, nested = { on = i % 2 == 0, text = "a\nb" } } end
local sum = 0
for i = 1, math.floor(820 * scale) do
  local out = {}
  write(data, 0, out)
  sum = sum + #table.concat(out)
end
print(sum)

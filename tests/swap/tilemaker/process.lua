-- What goes into which layer of the tiles, with which attributes: tilemaker calls these for every node and way.
node_keys = { "place", "name" }
local kinds, total = {}, 0

function init_function(name) print("said init " .. tostring(name)) end
function exit_function()
  local out = {}
  for k, n in pairs(kinds) do out[#out + 1] = k .. "=" .. n end
  table.sort(out)
  print("said exit " .. total .. " " .. table.concat(out, " "))
end

local function count(kind)
  kinds[kind] = (kinds[kind] or 0) + 1
  total = total + 1
end

local class = setmetatable({ primary = "major", residential = "minor" }, { __index = function(_, k) return "other " .. k end })

function node_function(node)
  local place, name = node:Find "place", node:Find "name"
  if place == "" then return end
  node:Layer("places", false)
  node:Attribute("name", name)
  node:Attribute("short", (name:gsub("%l+", function(w) return w:sub(1, 1) end)))
  node:AttributeNumeric("population", tonumber(node:Find "population") / 2)
  node:AttributeBoolean("square", place == "square")
  node:MinZoom(place == "village" and 12 or 13)
  node:ZOrder(#name)
  count(place)
end

function way_function(way)
  local highway, building = way:Find "highway", way:Find "building"
  if highway ~= "" then
    way:Layer("roads", false)
    way:Attribute("class", class[highway])
    way:AttributeNumeric("lanes", tonumber(way:Find "lanes"))
    way:AttributeBoolean("oneway", way:Find "oneway" == "yes")
    way:AttributeNumeric("metres", math.floor(way:Length()))
    if way:Holds "name" then way:Attribute("name", way:Find("name"):upper()) end
    way:AttributeNumeric("id", tonumber(way:Id()) % 100)
    count(highway)
  elseif building ~= "" then
    way:Layer("areas", true)
    way:AttributeNumeric("height", tonumber(way:Find "height"))
    way:AttributeNumeric("metres2", math.floor(way:Area()))
    way:AttributeBoolean("closed", way:IsClosed())
    way:Attribute("label", ("%s (%s)"):format(way:Find "name", building))
    way:LayerAsCentroid "places"
    way:Attribute("name", way:Find "name")
    count(building)
  end
end

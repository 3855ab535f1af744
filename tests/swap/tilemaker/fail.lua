-- Fails at the third street.
node_keys = { "place" }
local streets = 0
function node_function() end
function way_function(way)
  if way:Find "highway" == "" then return end
  streets = streets + 1
  local lanes
  if streets ~= 3 then lanes = {} end
  way:Layer("roads", false)
  way:AttributeNumeric("lanes", #lanes)
end

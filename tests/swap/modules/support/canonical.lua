-- canonical(value, null): a value as text, tables with sorted keys; null is the value that stands for none in a format.
return function(value, null)
  local function canonical(v)
    if v == null then return "null" end
    if type(v) == "string" then return ("%q"):format(v) end
    if type(v) == "number" then return ("%.14g"):format(v) end
    if type(v) ~= "table" then return tostring(v) end
    local keys, out = {}, {}
    for k in pairs(v) do keys[#keys + 1] = k end
    table.sort(keys, function(a, b) if type(a) == type(b) then return a < b end return type(a) < type(b) end)
    for i, k in ipairs(keys) do out[i] = tostring(k) .. "=" .. canonical(v[k]) end
    return "{" .. table.concat(out, ",") .. "}"
  end
  return canonical(value)
end

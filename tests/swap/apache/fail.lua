-- A rule that raises an error for one request: the server logs the message and goes on.
function main()
  local seen = m.getvar("TX.seen", "none")
  if seen and seen:find("many") then
    local t = nil
    return t.field
  end
  return nil
end

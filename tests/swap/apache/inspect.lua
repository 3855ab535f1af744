-- A rule of mod_security in Lua: reads variables of the request with transformations, matches them against a table of
-- patterns and answers with a text when the request is to be denied.
local patterns = {
  { "union%s+select", "an SQL injection" },
  { "<%s*script", "a script" },
  { "^drop$", "a word on the list" },
}

function main()
  m.log(9, "called")
  local arguments = m.getvars("ARGS", { "urlDecodeUni", "lowercase" })
  local seen = {}
  for i = 1, #arguments do
    local name, value = arguments[i].name, arguments[i].value
    seen[#seen + 1] = name .. "=" .. value
    for _, p in ipairs(patterns) do
      if value:find(p[1]) then return ("%s in %s, after %d, method %s, first %s"):format(p[2], name, #seen, m.getvar("REQUEST_METHOD"), tostring(m.getvar("TX.first"))) end
    end
  end
  local path = m.getvar("REQUEST_FILENAME", "none")
  if path == "/missing" then return "path " .. path .. " of length " .. tostring(m.getvar("REQUEST_FILENAME", { "length" })) end
  m.setvar("tx.seen", table.concat(seen, ","))
  assert(m.getvar("TX.nothing") == nil)
  return nil
end

-- A reader that has said that there is no more is not asked again, whatever the text ended in; what it would have given
-- then is in no function. (But for a reader that begins with the end: it is asked again, as the reference asks it.)

local endings = { "x = 1", "x = 'a'", "return x", "x = 1 ", "-- comment", "--[[ long ]]", "return 12", "return 0x1", "return a.b", "f()", "return ...", "x = [[a]]", "do end",
  "#!first line", "return 'open", "--[[ open", "return [[open", "x =", "return 1e", "return '\\", "return [=", "--[=", "return ~", "return .", "x = {" }
for _, text in ipairs(endings) do
  for size = 1, #text + 1 do
    for _, no_more in ipairs { "nil", "empty" } do
      local at, ended, again = 1, false, 0
      load(function()
        if ended then again = again + 1 return again == 1 and " y = 2 " or nil end
        local piece = text:sub(at, at + size - 1)
        at = at + size
        if piece ~= "" then return piece end
        ended = true
        return no_more == "empty" and "" or nil
      end)
      assert(again == 0, text)
    end
  end
end
-- Binary chunks, whole and cut anywhere.
local chunk = string.dump(loadstring("local a = ... return function() return a, 'text', 1.5 end"))
for last = 1, #chunk, 7 do
  local given, ended, again = false, false, 0
  local f, message = load(function()
    if ended then again = again + 1 return ("x"):rep(100) end
    if not given then given = true return chunk:sub(1, last) end
    ended = true
  end)
  assert(again == 0 and not f and message:find("unexpected end", 1, true), message)
end

-- An action: does work that costs memory, and collects.
function main()
  local words = {}
  for w in (m.getvar("REQUEST_LINE", "none") or ""):gmatch("%w+") do words[#words + 1] = w:upper() end
  table.sort(words)
  for i = 1, 200 do words[i] = { i, tostring(i) } end
  collectgarbage()
  m.setvar("tx.words", tostring(#words))
  return nil
end

-- Texts of programs with choices in them: $(a|b|c) is one of them, which may have others within it, $<1,9> a number, $N a number of any kind.

local writer = ...

-- The alternatives of a list in parentheses, which may have others within them.
local function alternatives(list)
  local found, depth, from = {}, 0, 2
  for at, c in list:gmatch "()([()|])" do
    if c == "(" then depth = depth + 1
    elseif c == ")" then depth = depth - 1 end
    if c == "|" and depth == 1 or depth == 0 then
      found[#found + 1] = list:sub(from, at - 1)
      from = at + 1
    end
  end
  return found
end

-- The text when all has been chosen.
function writer.choose(p, text)
  for _ = 1, 3 do text = text:gsub("%$(%b())", function(list) return p:of(alternatives(list)) end) end
  text = text:gsub("%$<(%d+),(%d+)>", function(a, b) return p:int(tonumber(a), tonumber(b)) end)
  return (text:gsub("%$N", function() return p:constant() end))
end

-- Into the program, as a block of its own.
function writer.text(p, name, text)
  p:line("do -- %s", name)
  for row in (text .. "\n"):gmatch "([^\n]*)\n" do
    if row:find "%S" then p.lines[#p.lines + 1] = "  " .. row end
  end
  p:line("end unhooked()")
end

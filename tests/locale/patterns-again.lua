-- Patterns that are used again and again, while the locale changes.
local function show(s) return s and (s:gsub("[^\33-\126]", function(c) return "<" .. c:byte() .. ">" end)) end
local text = "Gr\252\223e, \196pfel und \246l; \221stanbul \253l \236\237 na\195\175ve\160\160x"
local patterns = { "%a+", "^%a+", "(%w+)%s*(%p)", "%f[%a]%a+", "[^%w%s]+", "%l%u?", "^[%a,]*%s", "%S+$", "(%a-),", "^(.-)%s*$" }
local here = os.setlocale(nil, "ctype")
for round = 1, 30 do
  os.setlocale(({ here, here, "C", here, "C", "C" })[round % 6 + 1], "ctype")
  for _, pattern in ipairs(patterns) do
    local found = {}
    for word in text:gmatch(pattern) do found[#found + 1] = show(word) end
    print(pattern, table.concat(found, "|"), text:find(pattern), show(text:match(pattern, 7)), show((text:gsub(pattern, "<%0>"))))
    -- and changed by the function that gsub calls
    local calls = 0
    print(show(text:gsub(pattern, function(s)
      calls = calls + 1
      os.setlocale((calls + round) % 3 == 0 and "C" or here, "ctype")
      return s:upper()
    end)), calls)
  end
end

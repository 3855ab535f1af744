-- Mutated sources: pieces of real code with tokens dropped, doubled, swapped and replaced; the bytecode or the message.
local R = dofile("support/rnd.lua")
local pieces = {}
for _, name in ipairs { "programs/json.lua", "programs/interpreter.lua", "programs/algorithms.lua", "metamethods/inheritance.lua", "support/show.lua", "upvalues/sharing.lua", "language/functions.lua" } do
  local f = assert(io.open(name)) local text = f:read("*a") f:close()
  for line in text:gmatch("[^\n]+") do if #line < 1500 then pieces[#pieces + 1] = line end end
end
local function tokens(s)
  local out, i = {}, 1
  while i <= #s do
    local from, to = s:find("^%s+", i)
    if not from then from, to = s:find("^[%a_][%w_]*", i) end
    if not from then from, to = s:find("^%d[%w.]*", i) end
    if not from then from, to = s:find('^"[^"]*"', i) end
    if not from then from, to = s:find("^'[^']*'", i) end
    if not from then from, to = s:find("^[=~<>]=", i) end
    if not from then from, to = s:find("^%.%.%.?", i) end
    if not from then from, to = i, i end
    out[#out + 1] = s:sub(from, to)
    i = to + 1
  end
  return out
end
local extra = { "end", "do", "(", ")", "{", "}", "[", "]", "=", ",", ";", ".", ":", "..", "...", "and", "not", "function", "local", "return", "break", "if", "then", "else", "elseif", "for", "in", "while", "repeat", "until", "nil", "1", "x", "'s'", "==", "-", "#", "~", "@", '"', "'", "[[", "]]", "--", "\n", "\r", "\0", "\200", "0x", "1e", "3..2" }
local out, messages, compiled = {}, {}, 0
for case = 1, 6000 do
  R.seed(case * 211)
  local source = {}
  for i = 1, R.int(3) do source[i] = R.pick(pieces) end
  local t = tokens(table.concat(source, "\n"))
  for i = 1, R.int(3) - 1 do
    local at, op = R.int(#t), R.int(5)
    if op == 1 then table.remove(t, at) if #t == 0 then t[1] = " " end elseif op == 2 then table.insert(t, at, t[at]) elseif op == 3 then t[at] = R.pick(extra) elseif op == 4 then table.insert(t, at, R.pick(extra)) else local b = R.int(#t) t[at], t[b] = t[b], t[at] end
  end
  local f, m = loadstring(table.concat(t), "=m")
  if f then compiled = compiled + 1 out[#out + 1] = R.checksum(string.dump(f)) else out[#out + 1] = m messages[m:gsub("^m:%d+: ", ""):gsub(" near '.*", "")] = true end
  if case % 10 == 0 then io.write(R.checksum(table.concat(out, "\n")), case % 100 == 0 and "\n" or " ") out = {} end
  if case % 100 == 0 and not f then print((m:gsub("%c", "?"))) end
end
local list = {} for m in pairs(messages) do list[#list + 1] = m end table.sort(list) print(table.concat(list, "\n")) print(compiled)

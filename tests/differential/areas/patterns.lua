-- Random patterns on random subjects: find, match, gmatch, gsub with every kind of replacement.
-- Not here: patterns that take for ever in the reference too (quantifiers are few, subjects short).

local here = arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/../common.lua")
local random, scale = common.start(arg)
local show, show_all, emit = common.show, common.show_all, common.emit

local function subject()
  local alphabet = random:of { "ab", "abc", "a b", "()[]ab", "aA1_ .", "a\0b", "xyz%-+*", "\200\255az09\n\t" }
  local list = {}
  for i = 1, random:int(0, 14) do
    local at = random:int(1, #alphabet)
    list[i] = alphabet:sub(at, at)
  end
  return table.concat(list)
end

local classes = { "%a", "%c", "%d", "%l", "%p", "%s", "%u", "%w", "%x", "%z", "%A", "%D", "%S", "%W", "%Z", "%.", "%%", "%-", "%(", "%]", "%b", "%f", "%1", "%2", "%q" }
local function set()
  local parts = { "[", random:chance(25) and "^" or "" }
  for _ = 1, random:int(0, 4) do
    parts[#parts + 1] = random:of { "a", "b", "a-c", "0-9", "%a", "%s", "-", "]", "^", "z-a", "%]", "%-", "A-", "\0", "%", "[", "." }
  end
  parts[#parts + 1] = random:chance(97) and "]" or ""
  return table.concat(parts)
end

local function single()
  local kind = random:int(1, 10)
  if kind <= 4 then return random:of { "a", "b", "c", "x", " ", "A", "1", "\0", "-", "]" } end
  if kind <= 5 then return "." end
  if kind <= 8 then return random:of(classes) end
  return set()
end

local function pattern()
  local parts, open = {}, 0
  if random:chance(12) then parts[1] = "^" end
  local quantifiers = 0
  for _ = 1, random:int(0, 6) do
    local kind = random:int(1, 100)
    if kind <= 12 then parts[#parts + 1] = "("; open = open + 1
    elseif kind <= 24 and open > 0 then parts[#parts + 1] = ")"; open = open - 1
    elseif kind <= 28 then parts[#parts + 1] = "()"
    elseif kind <= 32 then parts[#parts + 1] = random:of { "%b()", "%bab", "%b[]", "%baa", "%b" }
    elseif kind <= 36 then parts[#parts + 1] = "%f" .. (random:chance(90) and set() or "")
    elseif kind <= 38 then parts[#parts + 1] = random:of { "^", "$", "%", "[", "*", "?", "-", "+", ")", "%0", "%9" }
    else
      parts[#parts + 1] = single()
      if quantifiers < 4 and random:chance(45) then
        parts[#parts + 1] = random:of { "*", "+", "-", "?" }
        quantifiers = quantifiers + 1
      end
    end
  end
  if random:chance(95) then parts[#parts + 1] = (")"):rep(open) end
  if random:chance(12) then parts[#parts + 1] = "$" end
  return table.concat(parts)
end

local replacements = {
  "", "x", "%0", "%1", "<%0>", "%1%1", "%2", "%%", "%", "%a", "%9", "\0", "%1\0%0", 7,
  { a = "A", b = false, ab = "[ab]", [1] = "one", [""] = "empty", c = 3, x = {} },
  function(...) return nil end, function(a) return a end, function(a) return false end, function(a, b) return b end, function() return {} end,
  function() return 12 end, function() error("inside") end, function(...) return select("#", ...) .. ";" end,
  setmetatable({}, { __index = function(_, k) return type(k) == "string" and k:upper() or k end }),
  true, false,
}

for i = 1, 12000 * scale do
  local s, p = subject(), pattern()
  local start = random:of { 1, 1, 1, 2, -1, 0, 5, 100, -100, 2^31, "2" }
  local id = show(s) .. " " .. show(p)
  emit("find " .. id .. " " .. start, show_all(pcall(string.find, s, p, start)))
  emit("match " .. id, show_all(pcall(string.match, s, p, start)))
  if i % 2 == 0 then
    local list, n = {}, 0
    local ok, message = pcall(function()
      for a, b in s:gmatch(p) do
        n = n + 1
        list[n] = show_all(a, b)
        if n > 20 then break end
      end
    end)
    emit("gmatch " .. id, table.concat(list, " ") .. show_all(ok, message))
  end
  local r = random:int(1, #replacements)
  local max = random:of { false, false, 0, 1, 2, -1, 100, "1" }
  if max then emit("gsub " .. id .. " " .. r .. " " .. max, show_all(pcall(string.gsub, s, p, replacements[r], max)))
  else emit("gsub " .. id .. " " .. r, show_all(pcall(string.gsub, s, p, replacements[r]))) end
  if i % 10 == 0 then emit("plain " .. id, show_all(pcall(string.find, s .. p .. s, p, start, true))) end
end

-- sub, byte, rep with every kind of bounds
local bounds = { 0, 1, 2, 3, 5, 6, -1, -2, -5, -6, 2^31-1, -2^31, 2^31, 2^53, -2^53, 1e100, 1/0, -1/0, 0.5, 1.9, -1.5, "2" }
for _, s in ipairs { "", "a", "hello", "a\0b\0c" } do
  for _, i in ipairs(bounds) do
    emit("sub " .. show_all(s, i), show_all(pcall(string.sub, s, i)))
    emit("byte " .. show_all(s, i), show_all(pcall(string.byte, s, i)))
    for _, j in ipairs(bounds) do
      emit("sub " .. show_all(s, i, j), show_all(pcall(string.sub, s, i, j)))
      emit("byte " .. show_all(s, i, j), show_all(pcall(string.byte, s, i, j)))
    end
  end
end
-- comparison of strings, also with zeros inside
for _ = 1, 3000 * scale do
  local a, b = subject(), subject()
  emit("compare " .. show_all(a, b), show_all(a < b, a <= b, a == b, a > b))
end

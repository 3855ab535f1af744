-- What every area of the differential machine shares: random numbers that are the same in every
-- interpreter, values as text, and the format of the result files.
--
-- An area is started as `lua AREA RESULTS SEED SCALE` by both interpreters and writes the same cases
-- in the same order. A case is "@@ ID LENGTH\n", LENGTH bytes of result, "\n"; compare.lua reads them.
-- Not here: what is compared (areas/), what may differ (allowed.lua).

local common = {}

-- == Random numbers ===========================================================================
-- Park and Miller's generator: exact in doubles, and not the library's, which is under test.

local Random = {}
Random.__index = Random

function common.random(seed)
  return setmetatable({ state = (seed * 7919 + 12345) % 2147483646 + 1 }, Random)
end

function Random:next()
  self.state = self.state * 16807 % 2147483647
  return self.state
end

-- An integer of low..high.
function Random:int(low, high)
  self:next()
  local r = self:next()
  return low + (r - r % 8) / 8 % (high - low + 1)
end

function Random:chance(percent) return self:int(1, 100) <= percent end
function Random:of(list) return list[self:int(1, #list)] end

-- == Values as text ===========================================================================

local escapes = { ["\n"] = "\\n", ["\\"] = "\\\\", ["\""] = "\\\"" }
local function escape(c) return escapes[c] or string.format("\\%03d", string.byte(c)) end

local long = 400 -- longer strings are shown by their ends and a sum

local function sum(s)
  local a, b = 1, 0
  for i = 1, #s do
    a = (a + s:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return b * 65536 + a
end
common.sum = sum

-- Numbers with all digits; strings quoted; what has an address by its type only.
function common.show(v)
  local kind = type(v)
  if kind == "number" then
    local text = string.format("%.17g", v)
    if tostring(v) ~= text then text = text .. "~" .. tostring(v) end
    return text
  elseif kind == "string" then
    if #v > long then
      return "string of " .. #v .. " bytes, sum " .. sum(v) .. ": "
        .. common.show(v:sub(1, 40)) .. ".." .. common.show(v:sub(-40))
    end
    return '"' .. v:gsub("[%c\\\"\127-\255]", escape) .. '"'
  elseif kind == "nil" or kind == "boolean" then
    return tostring(v)
  end
  return kind
end

-- Results of a call as `pcall` or `resume` gives them.
function common.show_all(...)
  local list = {}
  for i = 1, select("#", ...) do list[i] = common.show((select(i, ...))) end
  return table.concat(list, " ")
end

-- A table with its contents in `pairs` order; nested tables to `depth`.
function common.show_table(t, depth)
  if type(t) ~= "table" or depth == 0 then return common.show(t) end
  local list = {}
  for k, v in pairs(t) do
    list[#list + 1] = common.show_table(k, depth - 1) .. "=" .. common.show_table(v, depth - 1)
    if #list > 200 then list[#list + 1] = "..."; break end
  end
  return "{" .. table.concat(list, ",") .. "}"
end

-- == Results ==================================================================================

-- Taken before any case can change them.
local format, write, gsub = string.format, io.stdout.write, string.gsub
local results

-- Unbuffered: what was written before a crash names the case after it.
function common.open(name)
  results = assert(io.open(name, "wb"))
  results:setvbuf("no")
end

function common.emit(id, text)
  id = gsub(gsub(id, "[^\32-\126]", function(c) return format("\\%d", c:byte()) end), " +$", "")
  write(results, "@@ " .. id .. " " .. #text .. "\n" .. text .. "\n")
end

-- `lua AREA RESULTS SEED SCALE`
function common.start(arg)
  common.open(arg[1])
  return common.random(tonumber(arg[2])), tonumber(arg[3])
end

return common

-- What the writers of random programs share: random numbers, lines, scopes, and the file of chunks that chunks.lua reads.
--
-- Names have a kind by their first letter. Each statement is a line, nested ones are indented: the minimiser
-- (minimise.lua) deletes by that.

local writer = {}

local Program = {}
Program.__index = Program
writer.Program = Program

local fmt = string.format

function Program:int(a, b) return self.random:int(a, b) end
function Program:chance(p) return self.random:chance(p) end
function Program:of(list) return self.random:of(list) end

function Program:line(...) self.lines[#self.lines + 1] = ("  "):rep(self.indent) .. fmt(...) end

function Program:open() self.scope = { up = self.scope, names = {} } self.indent = self.indent + 1 end
function Program:close() self.scope = self.scope.up self.indent = self.indent - 1 end

function Program:fresh(kind)
  self.count = self.count + 1
  return kind .. self.count
end

function Program:declare(name) table.insert(self.scope.names, name) end

-- All visible names of the kind.
function Program:names(kind)
  local found = {}
  local scope = self.scope
  while scope do
    for _, n in ipairs(scope.names) do if n:sub(1, 1) == kind then found[#found + 1] = n end end
    scope = scope.up
  end
  return found
end

-- A list to draw from: { maker, weight, maker, weight, ... }.
function writer.weighted(list)
  local draw = {}
  for k = 1, #list, 2 do
    for _ = 1, list[k + 1] do draw[#draw + 1] = list[k] end
  end
  return draw
end

-- COUNT programs by `make(SEED)`, numbered from FIRST: into the file of chunks TARGET ("@@ NAME LENGTH\n", text, "\n"), or,
-- each with `environment` before it, into the folder TARGET. `excused`: what the compiler may say to a program, which is left out.
function writer.write(letter, seed, count, target, make, excused, environment)
  local file = not environment and assert(io.open(target, "wb"))
  local made, tried = 0, 0
  while made < count do
    tried = tried + 1
    local text = make(seed * 100003 + tried)
    local ok, message = loadstring(text)
    if not ok then
      assert(excused(message), message .. "\n" .. text)
    else
      made = made + 1
      local name = letter .. seed .. "-" .. tried
      if environment then
        local f = assert(io.open(target .. "/" .. name .. ".lua", "wb"))
        f:write(environment, text)
        f:close()
      else file:write("@@ ", name, " ", #text, "\n", text, "\n") end
    end
  end
end

-- What the compiler says to programs that have become too large.
function writer.is_limit(message) return message:find("upvalues") or message:find("limit") end

-- A writer's own main part: NAME (as of "m7-12") shows that program; SEED COUNT TARGET [ENVIRONMENT] is `write`.
function writer.run(letter, make, excused)
  local seed, number = arg[1]:match("^" .. letter .. "(%d+)%-(%d+)$")
  if seed then
    io.write(make(seed * 100003 + number))
  else
    writer.write(letter, tonumber(arg[1]), tonumber(arg[2]), arg[3], make, excused, arg[4] and "")
  end
end

return writer

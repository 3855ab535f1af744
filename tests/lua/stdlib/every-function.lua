-- Every function of every library: what it is called by when it is given no argument, and which of them take none.
-- The other scripts test what each does; this one that none is missing, and none there that the reference lacks.
local waits = { ["io.read"] = true, ["io.lines"] = true, ["os.exit"] = true, ["io.close"] = true, ["os.tmpname"] = true, ["debug.debug"] = true, ["dofile"] = true, ["loadfile"] = true }
local varies = { ["os.clock"] = true, ["os.time"] = true, ["os.date"] = true, ["os.tmpname"] = true, ["os.getenv"] = true, gcinfo = true, newproxy = true,
  collectgarbage = true, getfenv = true, ["package.seeall"] = true, ["io.tmpfile"] = true, ["io.input"] = true, ["io.output"] = true, ["debug.getregistry"] = true,
  ["coroutine.running"] = true, ["math.random"] = true, ["debug.gethook"] = true }
local names, functions, places = {}, {}, { [""] = _G, ["FILE*:"] = getmetatable(io.stdout) }
for _, lib in ipairs { "coroutine", "debug", "io", "math", "os", "package", "string", "table" } do places[lib .. "."] = _G[lib] end
for place, t in pairs(places) do
  for name, f in pairs(t) do
    if type(f) == "function" then names[#names + 1] = place .. name functions[place .. name] = f
    elseif place ~= "" and type(f) ~= "table" then print(place .. name, type(f), type(f) ~= "userdata" and f or io.type(f)) end
  end
end
table.sort(names)
print(#names)
for _, name in ipairs(names) do
  local results = "not called"
  if not waits[name] then
    local function show(ok, ...)
      local values = {}
      for i = 1, select("#", ...) do local v = select(i, ...) values[i] = type(v) == "string" and v or type(v) end
      if varies[name] then values = { type((...)) } end
      return tostring(ok) .. " " .. table.concat(values, " ")
    end
    results = show(pcall(functions[name]))
  end
  print(name, (results:gsub("0x%x+", "0x"):gsub("[\n\t]", " ")))
end

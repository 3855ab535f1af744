-- What programs of recursion.lua have besides loops/prelude.lua: they look at the frames below, and change what is in them.
do
  local getinfo, getlocal, setlocal, concat, print, show = debug.getinfo, debug.getlocal, debug.setlocal, table.concat, print, show
  local looks = 60
  -- What lies behind the variables shows where the frame is known to be in a call.
  function stack(depth, ...)
    looks = looks - 1
    if looks < 0 then return ... end
    for level = 2, depth + 1 do
      local info = getinfo(level, "nSlu")
      if not info then break end
      local list = {}
      if info.what ~= "C" and info.what ~= "tail" then
        local above = level == 2 and "global" or getinfo(level - 1, "n").namewhat
        for k = 1, 250 do
          local name, value = getlocal(level, k)
          if not name or name == "(*temporary)" and above == "" then break end
          list[#list + 1] = name .. "=" .. show(value)
        end
      end
      print(level .. " " .. tostring(info.name) .. " " .. info.namewhat .. " " .. info.what .. " " .. info.currentline .. " " .. info.linedefined .. " " .. info.nups .. ": " .. concat(list, " "))
    end
    return ...
  end
  -- The last variable of that name in the frame that many levels below.
  function poke_at(level, name, value)
    local info, last = getinfo(level + 1, "S"), nil
    if not info or info.what == "C" or info.what == "tail" then return end
    for k = 1, 250 do
      local found = getlocal(level + 1, k)
      if not found then break end
      if found == name then last = k end
    end
    if last then setlocal(level + 1, last, value) end
    return last
  end
  function environ(level, v)
    local info = getinfo(level + 1, "S")
    if info and info.what ~= "C" and info.what ~= "tail" then setfenv(level + 1, setmetatable({ GA = v, GB = v }, { __index = getfenv(level + 1) })) end
  end
  -- How a recursion ends that is too deep. Where it does so is not told, nor seen by a hook.
  local gethook, sethook, pcall, type, match = debug.gethook, debug.sethook, pcall, type, string.match
  function overflow(f, ...)
    local hook, mask, every = gethook()
    sethook()
    local ok, m = pcall(f, ...)
    sethook(hook, mask, every)
    return ok, type(m) == "string" and match(m, "stack overflow") or m
  end
  -- The function without its upvalues, by way of text.
  function copied(f) return loadstring(string.dump(f)) end
end

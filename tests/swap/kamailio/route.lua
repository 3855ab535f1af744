-- Kamailio's routing logic in Lua: every request comes to route(), which looks at pseudo-variables and headers, keeps
-- counts, edits the message and replies by functions of other modules.
local counts, seen = {}, {}

local handlers = {}
function handlers.ready() sr.sl.send_reply(200, "Ready") end
function handlers.ada()
  sr.hdr.append_to_reply("X-From: " .. sr.pv.get "$fU" .. "\r\n")
  sr.sl.send_reply(200, "Hello " .. sr.pv.get "$fU")
end
function handlers.count()
  local n = (sr.pv.get "$shv(none)" or 0) + (counts.count or 0)
  sr.hdr.append_to_reply(("X-Count: %d\r\n"):format(n))
  sr.sl.send_reply(200, "Counted")
end
function handlers.words()
  local words, out = {}, {}
  for w in sr.pv.get("$hdr(X-Words)"):gmatch "%a+" do words[w] = (words[w] or 0) + 1 end
  for w, n in pairs(words) do out[#out + 1] = w .. "=" .. n end
  table.sort(out)
  sr.pv.sets("$var(words)", table.concat(out, ","))
  sr.pv.seti("$var(number)", #out)
  sr.err("said " .. sr.pv.get "$var(words)" .. " " .. sr.pv.get "$var(number)" .. "\n")
  sr.sl.send_reply(202, table.concat(out, " ") .. " " .. tostring(sr.pv.get "$var(number)") .. " " .. tostring(sr.pv.is_null "$var(nothing)"))
end
function handlers.fail()
  local nothing
  return nothing.field
end
function handlers.work()
  local t = {}
  for i = 1, 20000 do t[i % 100 + 1] = { i, tostring(i) } end
  local co = coroutine.wrap(function() for i = 1, 100 do coroutine.yield(i * #t) end end)
  local sum = 0
  for i = 1, 100 do sum = sum + co() end
  collectgarbage()
  sr.sl.send_reply(200, "Sum " .. sum)
end
function handlers.libraries()
  local names = {}
  for k, v in pairs(sr) do names[#names + 1] = k .. ":" .. type(v) end
  table.sort(names)
  sr.sl.send_reply(200, table.concat(names, " "))
end

function route(method, from)
  local user = sr.pv.get "$rU"
  counts[user] = (counts[user] or 0) + 1
  seen[#seen + 1] = method
  if sr.maxfwd.process_maxfwd(10) < 0 then
    sr.sl.send_reply(483, "Too many")
    return
  end
  if method == "REGISTER" then
    sr.err("said no to " .. from .. " for " .. user .. "\n")
    sr.sl.send_reply(403, "Not here, after " .. #seen - counts.ready)
    return
  end
  if not handlers[user] then
    sr.sl.send_reply(404, "Nobody")
    return
  end
  handlers[user]()
end

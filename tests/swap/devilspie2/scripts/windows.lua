-- Runs for each window that opens, in one state: counts, reads what is known of the window, moves it, fails in a protected
-- call. The lines that begin with "said" are compared.
opened = (opened or 0) + 1
local function say(...)
  local t = { ... }
  for i = 1, select("#", ...) do t[i] = tostring(t[i]) end
  debug_print("said " .. table.concat(t, " "))
end
local name = get_window_name()
if name:match "window$" then
  say(name, get_application_name(), get_window_type(), get_class_instance_name())
  set_window_position(30, 40)
  set_window_size(300, 200)
  say("on", get_workspace_count(), get_window_is_maximized(), get_window_fullscreen and get_window_fullscreen())
  say(pcall(function() local nothing return nothing.field end))
  say(pcall(set_window_size, "a"))
  local words = {}
  for w in name:gmatch "%a+" do words[#words + 1] = w:upper() end
  local t = {}
  for i = 1, 5000 do t[i % 50 + 1] = { i, tostring(i) } end
  collectgarbage()
  say("end", name, table.concat(words, "-"), #t)
end

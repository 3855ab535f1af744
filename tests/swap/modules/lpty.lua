-- lpty: programs on a pseudo terminal. term, system, discount: their C parts.
local lpty = require "lpty"
local p = lpty.new { no_local_echo = true } print(p:startproc("/bin/sh", "-c", "read x; echo got $x; exit 3")) p:send "hello\n"
local out = "" repeat local s = p:read(5) out = out .. (s or "") until not s or out:find "got hello" print(out:match "got %a+") while p:hasproc() do p:read(0.05) end print(p:exitstatus())
local p = lpty.new() print(p:startproc "/none/program", p:hasproc() ~= nil) print(pcall(p.startproc, p)) print(pcall(lpty.new, 5)) p = nil collectgarbage()
local discount = require "discount" local html = type(discount) == "table" and (discount.compile and discount.compile("# Title\n\nSome *text*, `code`.\n\n- a\n- b\n").body or discount("# T")) or discount "# T" print(html)
local system = require "system.core" print(type(system.gettime()), type(system.monotime()), system.sleep(0.01)) local term = require "term.core" print(term.isatty(io.stdout)) print(pcall(term.isatty, 5))
local inotify = require "inotify" local h = inotify.init() local name = os.tmpname() local wd = h:addwatch(name, inotify.IN_MODIFY, inotify.IN_CLOSE_WRITE) local f = io.open(name, "w") f:write "x" f:close() for _, e in ipairs(h:read()) do print(e.wd == wd, e.mask == inotify.IN_MODIFY, e.name) end print(h:rmwatch(wd), h:addwatch("/none/x", inotify.IN_MODIFY)) h:close() os.remove(name)

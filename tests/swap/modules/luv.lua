-- luv: libuv's loop: timers, idle, async, work in threads with states of their own, pipes, TCP, files, processes, errors in callbacks.
local uv = require "luv"
local log = {}
local function say(...) local t = { ... } for i = 1, select("#", ...) do t[i] = tostring(t[i]) end log[#log + 1] = table.concat(t, " ") end
local function flush() print(table.concat(log, ", ")) log = {} end
local ticks, timer = 0, uv.new_timer() timer:start(1, 1, function() ticks = ticks + 1 if ticks == 5 then timer:stop() timer:close(function() say "closed" end) end end)
print(uv.run()) flush() print(ticks)
local idle, n = uv.new_idle(), 0 idle:start(function() n = n + 1 if n == 100 then idle:close() end end) uv.run() print(n)
local server = uv.new_tcp() print(server:bind("127.0.0.1", 0)) local port = server:getsockname().port local total = 0
server:listen(16, function(err) local c = uv.new_tcp() server:accept(c) c:read_start(function(_, data) if data then total = total + #data c:write(data:upper()) else c:close() end end) end)
local back, done = {}, 0
for i = 1, 5 do local c = uv.new_tcp() c:connect("127.0.0.1", port, function(err) local got = "" c:read_start(function(_, data) if data then got = got .. data if #got == 2000 then back[#back + 1] = got c:close() done = done + 1 if done == 5 then server:close() end end end end) c:write({ ("a"):rep(500), tostring(i):rep(1500) }) end) end
uv.run() table.sort(back) print(total, #back, back[1]:sub(1, 1), back[5]:sub(-3))
local work = uv.new_work(function(a, b) local t = {} for i = 1, 1000 do t[i] = { i } end return a + b, #t, _VERSION end, function(...) say("work", ...) end) for i = 1, 6 do work:queue(i, 10) end uv.run() table.sort(log) flush()
local th = uv.new_thread(function(x) local s = 0 for i = 1, x do s = s + i end assert(s == 5050) end, 100) print(th:join())
local async async = uv.new_async(function(a, b) say("async", a, b) async:close() end) uv.new_thread(function(a) a:send("from", "thread") end, async):join() uv.run() flush()
local name = os.tmpname() local fd = uv.fs_open(name, "w+", 384) print(uv.fs_write(fd, "file text", 0), uv.fs_read(fd, 4, 5), uv.fs_fstat(fd).size, uv.fs_close(fd), uv.fs_unlink(name), (uv.fs_stat(name)))
uv.fs_stat("/", function(err, s) say("stat", err, s.type) end) uv.fs_open("/none/x", "r", 0, function(err, fd) say(err, fd) end) uv.run() table.sort(log) flush()
local out, pipe = "", uv.new_pipe(false) local process process = uv.spawn("/bin/sh", { args = { "-c", "echo out; exit 5" }, stdio = { nil, pipe, nil } }, function(code, signal) say("exit", code, signal) process:close() end) pipe:read_start(function(_, data) if data then out = out .. data else pipe:close() end end) uv.run() flush() print(out)
-- coroutines over callbacks
local co = coroutine.wrap(function() local me = coroutine.running() for i = 1, 4 do local t = uv.new_timer() t:start(1, 0, function() t:close() coroutine.resume(me, i * i) end) say("got", coroutine.yield()) end end) co() uv.run() flush()
print(pcall(uv.new_timer().start)) print(pcall(timer.start, timer, "x")) print(pcall(uv.spawn)) print(uv.spawn("/none/program", {}, print)) print(pcall(uv.tcp_bind, 5)) print(uv.errno and type(uv.errno) or "none", uv.version_string() ~= nil)
uv.walk(function(h) if not h:is_closing() then h:close() end end) uv.run() for i = 1, 200 do local t = uv.new_timer() t:close() end uv.run() collectgarbage() print "end"

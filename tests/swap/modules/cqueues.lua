-- cqueues: a scheduler of coroutines over poll, with sockets (not their `lines`, which 5.1 cannot yield through), conditions, threads with states of their own, signals, errors.
local cqueues, socket, condition, thread = require "cqueues", require "cqueues.socket", require "cqueues.condition", require "cqueues.thread"
local loop, log = cqueues.new(), {}
local function say(...) local t = { ... } for i = 1, select("#", ...) do t[i] = tostring(t[i]) end log[#log + 1] = table.concat(t, " ") end
loop:wrap(function() for i = 1, 3 do cqueues.sleep(0.03) say("a", i) end end)
loop:wrap(function() cqueues.sleep(0.015) for i = 1, 3 do say("b", i) cqueues.sleep(0.03) end end)
print(loop:count(), loop:loop(), loop:empty()) print(table.concat(log, ", ")) log = {}
local one, two = socket.pair()
loop:wrap(function() for i = 1, 200 do one:write("line " .. i .. "\n") end one:shutdown "w" end)
loop:wrap(function() local n = 0 while true do local line = two:read() if not line then break end n = n + #line end say("read", n) two:close() end)
local c, order = condition.new(), {}
for i = 1, 4 do loop:wrap(function() c:wait() order[#order + 1] = i end) end
loop:wrap(function() cqueues.sleep(0.01) c:signal(2) cqueues.sleep(0.01) c:signal() end)
print(loop:loop()) print(table.concat(log, ", "), table.concat(order, " ")) log = {}
loop:wrap(function() error "in a coroutine" end) local ok, message = loop:loop() print(ok, message)
loop:wrap(function() error { 1 } end) print((loop:loop()))
local inner = cqueues.new() inner:wrap(function() cqueues.sleep(0.01) say "inner" end) loop:wrap(function() assert(inner:loop()) say "outer" end) print(loop:loop()) print(table.concat(log, ", "))
local th, con = thread.start(function(con, a, b) local t = {} for i = 1, 5000 do t[i] = { i } end collectgarbage() con:write(("%s %s %d\n"):format(a, b, #t)) for line in con:lines() do con:write(line:upper(), "\n") end end, "one", "two")
print(con:read()) con:write("hello\n", "there\n") print(con:read(), con:read()) con:shutdown "w" print(th:join())
local server = socket.listen { host = "127.0.0.1", port = 0 } local _, _, port = server:localname() local served = 0
loop:wrap(function() for i = 1, 5 do local con = server:accept() loop:wrap(function() while true do local line = con:read() if not line then break end con:write(line:reverse(), "\n") served = served + 1 end con:close() end) end end)
local answers = {}
for i = 1, 5 do loop:wrap(function() local con = socket.connect("127.0.0.1", port) for j = 1, 10 do con:write("client ", i, " ", j, "\n") answers[#answers + 1] = con:read() end con:close() end) end
print(loop:loop()) table.sort(answers) print(served, #answers, answers[1], answers[50])
print(pcall(cqueues.new().wrap)) print(pcall(loop.wrap, loop, 5)) print(pcall(socket.connect)) print(loop:step(0), type(cqueues.monotime()), cqueues.type(loop))
for i = 1, 100 do local q = cqueues.new() q:wrap(function() cqueues.sleep(100) end) q:step(0) end collectgarbage() collectgarbage() print "end"

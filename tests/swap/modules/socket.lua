-- luasocket: TCP over loopback between a coroutine server and clients in one process, UDP, timeouts, errors, ltn12, mime, url.
local socket = require "socket"
local server = assert(socket.bind("127.0.0.1", 0))
local address, port = server:getsockname()
print(address, type(port), tostring(port):match "^%d+$" ~= nil)
server:settimeout(0)
local log, running, tasks = {}, true, {}
local function spawn(name, f) tasks[#tasks + 1] = { name = name, co = coroutine.create(f) } end
local function receiveLine(connection)
  local partial = ""
  while true do
    local line, message, rest = connection:receive("*l", partial)
    if line then return line end
    if message ~= "timeout" then return nil, message end
    partial = rest
    coroutine.yield()
  end
end
local function sendAll(connection, data)
  local at = 1
  while at <= #data do
    local sent, message, last = connection:send(data, at)
    if sent then at = sent + 1 elseif message == "timeout" then at = last + 1 coroutine.yield() else return nil, message end
  end
  return true
end
spawn("server", function()
  while running do
    local connection = server:accept()
    if connection then
      connection:settimeout(0)
      spawn("session", function()
        local lines = 0
        while true do
          local line, message = receiveLine(connection)
          if not line then log[#log + 1] = "session closed: " .. tostring(message) break end
          lines = lines + 1
          if line == "quit" then sendAll(connection, "bye after " .. lines .. "\n") connection:close() log[#log + 1] = "session quit" break end
          local ok, result = pcall(loadstring(line) or error)
          sendAll(connection, (ok and tostring(result) or "error: " .. tostring(result)) .. "\n")
        end
      end)
    else
      coroutine.yield()
    end
  end
end)
local results = {}
for id = 1, 8 do
  spawn("client", function()
    local c = assert(socket.connect("127.0.0.1", port))
    c:settimeout(0)
    local out = {}
    for i = 1, 5 do
      assert(sendAll(c, ("return %d * %d\n"):format(id, i)))
      out[i] = assert(receiveLine(c))
    end
    sendAll(c, "error('remote failure', 0)\n") out[#out + 1] = receiveLine(c)
    sendAll(c, "return ('x'):rep(100000)\n") out[#out + 1] = #receiveLine(c)
    if id % 2 == 0 then sendAll(c, "quit\n") out[#out + 1] = receiveLine(c) out[#out + 1] = tostring(select(2, receiveLine(c))) end
    c:close()
    results[id] = table.concat(out, " ")
  end)
end
local deadline = socket.gettime() + 30
while true do
  local alive = 0
  for i = #tasks, 1, -1 do
    local task = tasks[i]
    local ok, message = coroutine.resume(task.co)
    if not ok then print("task failed", task.name, message) end
    if coroutine.status(task.co) == "dead" then table.remove(tasks, i) elseif task.name ~= "server" then alive = alive + 1 end
  end
  if alive == 0 then break end
  assert(socket.gettime() < deadline, "too slow")
end
running = false
for id = 1, 8 do print(id, results[id]) end
table.sort(log) print(table.concat(log, ", "))
-- blocking use, formats, select
local c = assert(socket.connect("127.0.0.1", port)) server:settimeout(5) local s = server:accept()
print(s:send "12345line\nrest of it") print(c:receive(5), c:receive "*l") s:close() print(c:receive "*a") print(c:receive "*a") print(c:receive "*l") c:close() print(pcall(c.receive, c)) 
local c1 = assert(socket.connect("127.0.0.1", port)) local s1 = server:accept() local r = socket.select({ c1 }, nil, 0) print(#r) s1:send "x" local ready, _, message = socket.select({ c1, server }, { c1 }, 1) print(#ready, ready[1] == c1, message) print(unpack({ c1:getstats() }, 1, 2)) print(c1:setoption("tcp-nodelay", true), pcall(c1.setoption, c1, "nosuch", true)) c1:settimeout(0.05) print(c1:receive(10)) s1:shutdown "send" print(c1:receive(1)) s1:close() c1:close() server:close()
print(socket.connect("127.0.0.1", port)) print(pcall(socket.bind)) print(tostring(server):match "^tcp{" ~= nil)
-- UDP
local a, b = socket.udp(), socket.udp() assert(a:setsockname("127.0.0.1", 0)) local _, ap = a:getsockname() b:setpeername("127.0.0.1", ap) a:settimeout(2) print(b:send "datagram", (a:receivefrom())) a:settimeout(0) print(a:receive()) a:close() b:close()
-- protected calls and exceptions of the library (try yields no value through pcall of a C function)
local try = socket.newtry(function() log[#log + 1] = "finalised" end) local protected = socket.protect(function(fail) try(not fail, "failed on purpose") return "fine" end) print(protected(false)) print(protected(true)) print(log[#log]) print(pcall(socket.protect(function() error({ 1 }) end)) ~= nil, socket.skip(2, 1, 2, 3))
local mime, ltn12, url = require "mime", require "ltn12", require "socket.url"
local data = {} for i = 0, 255 do data[#data + 1] = string.char(i) end data = table.concat(data):rep(50)
local encoded, decoded = {}, {}
ltn12.pump.all(ltn12.source.chain(ltn12.source.string(data), ltn12.filter.chain(mime.encode "base64", mime.wrap "base64")), (ltn12.sink.table(encoded)))
ltn12.pump.all(ltn12.source.chain(ltn12.source.table(encoded), mime.decode "base64"), (ltn12.sink.table(decoded)))
print(#table.concat(encoded), table.concat(decoded) == data, mime.b64 "hello", mime.qp "é=1", mime.unb64 "aGVsbG8=")
local u = url.parse "http://user:pw@host.example:8080/a/b;p?q=1&r=2#frag" print(u.scheme, u.host, u.port, u.path, u.query, u.fragment, u.user, url.absolute("http://h/a/b/c", "../d"), url.escape "a b&c", url.unescape "a%20b")
print(socket.dns.toip "127.0.0.1", type(socket.dns.gethostname()), socket._VERSION)

-- lua-posix: processes, pipes, signals, files, directories, environment, glob, time, poll.
local posix = require "posix"
local unistd, wait, fcntl, stat, signal, stdlib = require "posix.unistd", require "posix.sys.wait", require "posix.fcntl", require "posix.sys.stat", require "posix.signal", require "posix.stdlib"
local r, w = unistd.pipe()
local pid = unistd.fork()
if pid == 0 then
  unistd.close(r)
  local t = {} for i = 1, 1000 do t[i] = { i } end collectgarbage()
  unistd.write(w, "from the child " .. #t)
  unistd._exit(7)
end
unistd.close(w)
print(unistd.read(r, 100)) print(select(2, wait.wait(pid)), select(3, wait.wait(pid))) unistd.close(r)
local root = stdlib.mkdtemp "/tmp/posix.XXXXXX"
local function clean(...) local t = { ... } for i = 1, select("#", ...) do t[i] = tostring(t[i]):gsub(root:gsub("%p", "%%%0"), "ROOT") end return table.concat(t, " ") end
print(unistd.chdir(root), clean(unistd.getcwd()), stat.mkdir "sub", stat.mkdir("sub"))
local fd = fcntl.open("file", fcntl.O_RDWR + fcntl.O_CREAT, 420) print(unistd.write(fd, "some text"), unistd.lseek(fd, 5, unistd.SEEK_SET), unistd.read(fd, 10), unistd.close(fd), unistd.close(fd))
local s = stat.stat "file" print(s.st_size, stat.S_ISREG(s.st_mode), stat.S_ISDIR(stat.stat("sub").st_mode), stat.stat "none")
print(unistd.link("file", "soft", true), unistd.readlink "soft", unistd.access("file", "r"), unistd.access("none", "r"))
local names = posix.dirent and require("posix.dirent").dir "." or posix.dir "." table.sort(names) print(table.concat(names, " "))
local found = require("posix.glob").glob "*f*" table.sort(found) print(table.concat(found, " "))
local hits = {}
signal.signal(signal.SIGUSR1, function(n) hits[#hits + 1] = n == signal.SIGUSR1 end)
for i = 1, 3 do signal.kill(unistd.getpid(), signal.SIGUSR1) for j = 1, 100 do local t = {} end end
print(#hits, hits[1], signal.signal(signal.SIGUSR1, signal.SIG_DFL) ~= nil)
stdlib.setenv("MINE", "value") print(stdlib.getenv "MINE", os.getenv "MINE", stdlib.realpath "sub/.." == root)
local time = require "posix.time" print(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(86400 * 365)), time.mktime(time.gmtime(1e6)))
print(pcall(fcntl.open)) print(pcall(unistd.read, "x")) print(pcall(signal.signal, 99999, print)) print(fcntl.open("/none/x", fcntl.O_RDONLY))
local poll = require "posix.poll" local a, b = unistd.pipe() print(poll.rpoll(a, 0), unistd.write(b, "x"), poll.rpoll(a, 1000))
print(require("posix.fnmatch").fnmatch("*.lua", "x.lua"), require("posix.libgen").basename "/a/b", require("posix.libgen").dirname "/a/b", type(posix.version))
for _, n in ipairs { "soft", "file" } do unistd.unlink(n) end unistd.rmdir "sub" unistd.chdir "/" print(unistd.rmdir(root))

-- io and os: formats of read at odd places, results of close, buffering shared with C, dates, names, environment.
local eq = dofile("support/eq.lua")

local name = os.tmpname()
eq(name:match("^/tmp/lua_%w%w%w%w%w%w$") ~= nil, true)
local function put(text) local f = assert(io.open(name, "wb")) f:write(text) f:close() end
local function with(text, body) put(text) local f = assert(io.open(name)) body(f) f:close() end

-- read: a format is looked at from its second character on, by its first letter there; *n leaves the file where scanf does
with("12abc 0x10 1e5 .5\n  7", function(f)
  eq(f:read("*number"), 12)
  eq(f:read(3), "abc")
  eq(f:read("*n"), 16)
  eq(f:read("*n"), 100000)
  eq(f:read("*n"), 0.5)
  eq(f:read("*line"), "")
  eq(f:read("*n"), 7)
  eq(f:read("*n"), nil)
  eq(f:read("*all"), "")
  eq(f:read("*a"), "")
  eq(f:read("*l"), nil)
  eq(f:read(0), nil)
end)
-- a failed format ends the list: nil in its place and nothing after; an unknown one is an error
with("a\n", function(f)
  eq(select("#", f:read("*n", "*l")), 1)
  eq(f:read("*l"), "a")
  eq(select(2, pcall(f.read, f, "x")), "bad argument #2 to '?' (invalid option)")
  eq(select(2, pcall(f.read, f, "*x")), "bad argument #2 to '?' (invalid format)")
end)
-- lines end at LF only; of a line with a zero byte what follows the zero is lost, its end with
-- it (fgets), so the next line is taken for its rest
with("a\r\nb", function(f) eq(f:read(), "a\r") eq(f:read(), "b") eq(f:read(), nil) end)
with("a\0b\nc", function(f) eq(f:read(), "ac") eq(f:read(), nil) end)
with("ab", function(f) eq(f:read(0), "") eq(f:read(1, 1, 1), "a") end)
-- io.lines closes its file at the end; the iterator then fails
do
  put("x\n")
  local it = io.lines(name)
  eq(it(), "x")
  eq(it(), nil)
  eq(select(2, pcall(it)), "file is already closed")
  eq(select(2, pcall(io.lines, "/no/such/file")), "bad argument #1 to '?' (/no/such/file: No such file or directory)")
end
-- results: write gives true, seek the position, close true, of a process too whatever its status
do
  local f = io.open(name, "w")
  eq(f:write("a", 1, "b"), true)
  eq(f:seek(), 3)
  eq(f:seek("set", 1), 1)
  eq(f:seek("end"), 3)
  eq(f:setvbuf("full", 10), true)
  eq(f:flush(), true)
  eq(f:close(), true)
  eq(tostring(f), "file (closed)")
  eq(io.type(f), "closed file")
  eq(select(2, pcall(f.close, f)), "attempt to use a closed file")
  eq(select(2, pcall(f.write, f, {})), "attempt to use a closed file")
  eq(io.popen("exit 3"):close(), true)
  eq(os.execute("exit 3"), 768)
  eq(os.execute() ~= 0, true)
  eq(io.type(5), nil)
  local _, message, code = io.open("/no/such/file")
  eq(message, "/no/such/file: No such file or directory")
  eq(code, 2)
  eq(select(2, pcall(io.open, name, "zz")) == nil, true)
  eq(select(3, io.open(name, "zz")), 22)
end
-- standard files cannot be closed
eq(select(2, io.stderr:close()), "cannot close standard file")
-- numbers are written with 14 digits
do
  local f = io.open(name, "w") f:write(0.1, " ", 1e15, " ", -0 * 1) f:close()
  with(io.open(name):read("*a"), function(f) eq(f:read("*a"):sub(1, 9), "0.1 1e+15") end)
end
eq(os.remove(name), true)
eq(select(2, os.remove(name)), name .. ": No such file or directory")
eq(select(3, os.remove(name)), 2)
eq(select(2, os.rename(name, name .. "x")), name .. ": No such file or directory")

-- dates: UTC with !, a table with *t, isdst a boolean; a conversion that C does not know is passed to it all the same
eq(os.date("!%Y-%m-%d %H:%M:%S", 0), "1970-01-01 00:00:00")
eq(os.date("!%c", 0), "Thu Jan  1 00:00:00 1970")
eq(os.date("!*t", 0).yday, 1)
eq(os.date("!*t", 0).wday, 5)
eq(os.date("!*t", 0).isdst, false)
eq(os.date("!%%%d", 0), "%01")
eq(os.date("", 0), "")
eq(os.time { year = 1970, month = 1, day = 1, hour = 0 }, 0)
eq(os.time { year = 1970, month = 1, day = 1 }, 43200)
eq(os.time { year = 1970, month = 14, day = -3, hour = 0 }, os.time { year = 1971, month = 1, day = 28, hour = 0 })
eq(select(2, pcall(os.time, { year = 1970, month = 1 })), "field 'day' missing in date table")
eq(select(2, pcall(os.time, { year = 1970, month = 1, day = "x" })), "field 'day' missing in date table")
eq(os.time { year = "1970", month = "01", day = "1", hour = "0" }, 0)
eq(os.difftime(10, 4), 6)
eq(os.getenv("NO_SUCH_VARIABLE"), nil)
eq(os.setlocale(), "C")
eq(os.setlocale("no such locale"), nil)
eq(os.setlocale("", "numeric"), "C")
eq(select(2, pcall(os.setlocale, "C", "bad")), "bad argument #2 to '?' (invalid option 'bad')")
eq(type(os.clock()), "number")

-- require and module: what is stored, what a loader is given, cycles, names
package.preload["the.module"] = function(...) eq(select("#", ...), 1) eq((...), "the.module") return "value" end
eq(require "the.module", "value")
eq(package.loaded["the.module"], "value")
package.preload.silent = function() end
eq(require "silent", true)
package.preload.falsy = function() package.loaded.falsy = "set inside" end
eq(require "falsy", "set inside")
package.preload.no = function() return false end
eq(require "no", false)
package.preload.cycle = function() return (require "cycle") end
eq(select(2, pcall(require, "cycle")):match("loop or previous error loading module 'cycle'$"), "loop or previous error loading module 'cycle'")
package.preload.fails = function() error("broken", 0) end
eq(select(2, pcall(require, "fails")), "broken")
eq(select(2, pcall(require, "fails")), "loop or previous error loading module 'fails'")
do
  local path, cpath = package.path, package.cpath
  package.path, package.cpath = "./?.none;x/?/y", "./?.no"
  eq(select(2, pcall(require, "a.b")), "module 'a.b' not found:\n\tno field package.preload['a.b']\n\tno file './a/b.none'\n\tno file 'x/a/b/y'\n\tno file './a/b.no'\n\tno file './a.no'")
  package.path = nil
  eq(select(2, pcall(require, "a")):match("'package.path' must be a string"), "'package.path' must be a string")
  package.path, package.cpath = path, cpath
end
do
  local env = getfenv(1)
  module("made.here", package.seeall)
  local made = _M
  _G.setfenv(1, env)
  eq(made, package.loaded["made.here"])
  eq(made._NAME .. "|" .. made._PACKAGE, "made.here|made.")
  eq(_G.made.here, made)
  eq(made.print, print)
  eq(select(2, pcall(module, "string.len")), "name conflict for module 'string.len'")
end
eq(select(2, package.loadlib("/no/such/lib.so", "f")):match("cannot open shared object file") ~= nil, true)
eq(select(3, package.loadlib("/no/such/lib.so", "f")), "open")
eq(#package.loaders, 4)
eq(package.config, "/\n;\n?\n!\n-")
-- files may begin with a line that has # first, also binary ones; other text may not
do
  local name = os.tmpname()
  local function run(text)
    local f = assert(io.open(name, "wb"))
    f:write(text)
    f:close()
    return pcall(dofile, name)
  end
  eq(select(2, run("#x\nreturn debug.getinfo(1, 'l').currentline")), 2)
  eq(select("#", run("# no more")), 1)
  eq(select(2, run("#x\n" .. string.dump(function() return 9 end))), 9)
  eq(select(2, run(" #x\n")):match(":1: .*"), ":1: unexpected symbol near '#'")
  eq(select(2, run("\n#x\n")):match(":2: .*"), ":2: unexpected symbol near '#'")
  os.remove(name)
  eq(select(2, loadstring("#x\nreturn 1", "=s")), "s:1: unexpected symbol near '#'")
end

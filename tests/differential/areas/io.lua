-- Files: every mode, reads of every format at every position, numbers read from random text, seek,
-- buffering, lines, closed files, pipes, standard files, messages of the system.
-- Runs in an empty folder, where it may write.

local here = arg[0]:match("^(.*)/") or "."
local common = dofile(here .. "/../common.lua")
local random, scale = common.start(arg)
local show, show_all, emit = common.show, common.show_all, common.emit

local function content(name)
  local f = io.open(name, "rb")
  if not f then return "no file" end
  local s = f:read("*a")
  f:close()
  return show(s)
end
local function fill(name, s)
  local f = assert(io.open(name, "wb"))
  f:write(s)
  f:close()
end

local texts = { "", "\n", "line", "one\ntwo\nthree", "one\ntwo\n", "\n\n\nx", "12 13\n-7 0x1f 1e3 nan inf x", "a\0b\nc\0", "\r\n\r\n", ("long"):rep(3000) .. "\nend", "  42", "1e+", "0x", "-", "+5.", ".5e-3,6", "1..2" }
local modes = { "r", "w", "a", "r+", "w+", "a+", "rb", "wb", "ab", "r+b", "rb+", "w+b", "", "x", "rw", "R", "rx", "+", "b", "r b", "a+b", "w\0" }
local formats = { "*n", "*l", "*a", "*L", "n", "l", "a", "*", "", "*x", 0, 1, 3, 100, 2.7, -1, "5", true, {}, "*number", "*line", "*all" }

for i, text in ipairs(texts) do
  for _, mode in ipairs(modes) do
    fill("file", text)
    local f, message, code = io.open("file", mode)
    local out = { show_all(f, message, code) }
    if f then
      out[#out + 1] = show_all(pcall(f.read, f, 2))
      out[#out + 1] = show_all(pcall(f.write, f, "new", 1, 0.1))
      out[#out + 1] = show_all(pcall(f.seek, f, "set", 1))
      out[#out + 1] = show_all(pcall(f.read, f))
      out[#out + 1] = show_all(pcall(f.seek, f, "end"))
      out[#out + 1] = show_all(pcall(f.write, f, "more\n"))
      out[#out + 1] = show_all(pcall(f.flush, f)) .. tostring(f):gsub("0x%x+", "A")
      out[#out + 1] = show_all(pcall(f.close, f)) .. tostring(f) .. show_all(pcall(f.read, f)) .. show_all(pcall(f.close, f))
    end
    emit("open " .. i .. " " .. mode, table.concat(out, "\n") .. "\n" .. content("file"))
  end
  fill("file", text)
  for _, format in ipairs(formats) do
    local f = io.open("file")
    local out = {}
    for k = 1, 4 do out[k] = show_all(pcall(f.read, f, format)) end
    emit("read " .. i .. " " .. show(format), table.concat(out, "\n") .. show_all(f:seek()))
    f:close()
  end
  for k = 1, 30 * scale do
    local f = io.open("file")
    local list, out = {}, {}
    for step = 1, random:int(1, 4) do
      local picks, n = {}, random:int(0, 3)
      for p = 1, n do picks[p] = random:of(formats) end
      out[#out + 1] = show_all(unpack(picks, 1, n)) .. " -> " .. show_all(pcall(f.read, f, unpack(picks, 1, n)))
      if random:chance(30) then out[#out + 1] = show_all(pcall(f.seek, f, random:of { "set", "cur", "end", "x", nil }, random:of { 0, 1, -1, 5, 1e10, "2", nil })) end
    end
    emit("reads " .. i .. "." .. k, table.concat(out, "\n"))
    f:close()
  end
end

-- Numbers as the C library's scanf reads them.
for i = 1, 600 * scale do
  local parts = {}
  for k = 1, random:int(1, 6) do
    parts[k] = random:of { "1", "23", "-4", "+5", "0x1f", "1e5", "1e", "1e+", ".5", "5.", ".", "-", "nan", "inf", "in", "infinit", "NAN(1)", "x", "0x", "0xg", "1.2.3", "--1", "1-", "99999999999999999999", "1e400" }
      .. random:of { " ", "\n", ",", "", "\t " }
  end
  fill("file", table.concat(parts))
  local f = io.open("file")
  local out = {}
  for k = 1, 5 do
    out[k] = show_all(f:read("*n"))
    if random:chance(50) then out[k] = out[k] .. " " .. show_all(f:read(1)) end
  end
  f:close()
  emit("numbers " .. i .. " " .. show(table.concat(parts)), table.concat(out, "; "))
end

-- A file used at random, then its content.
for i = 1, 150 * scale do
  fill("file", random:of(texts))
  local mode = random:of { "r", "w", "a", "r+", "w+", "a+" }
  local f = io.open("file", mode)
  local out = { mode }
  for _ = 1, random:int(1, 10) do
    local action = random:int(1, 7)
    local r
    if action <= 2 then r = show_all(pcall(f.write, f, random:of { "x", "hello\n", 12, 0.1, -1e100, "a\0b", true, {} }, random:of { "", "z", nil }))
    elseif action == 3 then r = show_all(pcall(f.read, f, random:of(formats)))
    elseif action == 4 then r = show_all(pcall(f.seek, f, random:of { "set", "cur", "end" }, random:int(-2, 8)))
    elseif action == 5 then r = show_all(pcall(f.setvbuf, f, random:of { "no", "full", "line", "x" }, random:of { 0, 100, nil }))
    elseif action == 6 then r = show_all(pcall(f.flush, f))
    else r = show_all(pcall(f.lines, f)) .. show_all(pcall(f:lines())) end
    out[#out + 1] = action .. " " .. r
    -- C says that a seek or flush is needed between reading and writing.
    f:seek("cur", 0)
  end
  f:close()
  emit("random " .. i, table.concat(out, "\n") .. content("file"))
end

-- lines, default files, closed files, types, messages
fill("file", "a\nb\n\nc")
local function try(name, f, ...) emit(name, show_all(pcall(f, ...))) end
local function collect(...)
  local list = {}
  for line in ... do list[#list + 1] = show(line); if #list > 10 then break end end
  return table.concat(list, " ")
end
try("lines", function() return collect(io.lines("file")) end)
try("lines missing", io.lines, "missing")
try("lines folder", function() return collect(io.lines(".")) end)
try("lines after end", function() local it = io.lines("file"); while it() do end return it() end)
try("lines of a closed file", function() local f = io.open("file"); local it = f:lines(); f:close(); return it() end)
try("lines bad", io.lines, {})
try("open missing", io.open, "missing")
try("open folder", function() local f = io.open("."); return f, f:read("*a") end)
try("open folder to write", io.open, ".", "w")
try("open no name", io.open)
try("open in missing", io.open, "missing/file", "w")
try("open empty", io.open, "")
try("open zero", io.open, "file\0x")
try("open mode type", io.open, "file", {})
try("input", function() io.input("file"); local a, b = io.read(), io.read("*l"); local c = collect(io.lines()); io.close(io.input()); return a, b, c, pcall(io.read) end)
try("input missing", io.input, "missing")
try("input closed", function() local f = io.open("file"); f:close(); io.input(f); return io.read() end)
try("input bad", io.input, {})
try("output", function() io.output("out"); local r = io.write("x", 1, 2.5); io.close(); local ok, m = pcall(io.write, "y"); io.output(io.stdout); return r, ok, m, content("out") end)
try("output missing", io.output, "missing/x")
try("output bad", function() io.output("out"); local r = { pcall(io.write, {}) }; io.close(); io.output(io.stdout); return unpack(r) end)
try("write to a file to read", function() local f = io.open("file"); local a, b, c = f:write("x"); f:close(); return a, b, c end)
try("read from a file to write", function() local f = io.open("out", "w"); local a, b, c = f:read(1); f:close(); return a, b, c end)
try("read no argument", function() local f = io.open("file"); local r = { f.read(f) }; f:close(); return unpack(r) end)
try("methods without a file", function() return pcall(io.stdout.read) end)
try("methods with a wrong one", function() return pcall(io.stdout.read, {}) end)
try("methods with a proxy", function() return pcall(io.stdout.read, newproxy()) end)
try("types", function() local f = io.open("file"); local a = io.type(f); f:close(); return a, io.type(f), io.type(1), io.type(nil), io.type(newproxy()) end)
try("type of nothing", io.type)
try("close twice", function() local f = io.open("file"); f:close(); return f:close() end)
try("close a number", io.close, 1)
try("tostring", function() local f = io.open("file"); local a = tostring(f):gsub("0x%x+", "A"); f:close(); return a, tostring(f) end)
try("metatable", function() local m = getmetatable(io.stdout); return common.show_table(m, 2) end)
try("gc method", function() local f = io.open("file"); getmetatable(f).__gc(f); return tostring(f), pcall(f.read, f) end)
try("pipe", function() local p = io.popen("echo one; echo two; exit 3"); local a, b, c = p:read("*l"), p:read("*a"), io.type(p); return a, b, c, p:close() end)
try("pipe to write", function() local p = io.popen("cat >out", "w"); p:write("piped"); p:close(); return content("out") end)
try("pipe mode", io.popen, "true", "x")
try("pipe seek", function() local p = io.popen("echo x"); local r = { p:seek() }; p:close(); return unpack(r) end)
try("execute", function() return os.execute("exit 3"), os.execute("true"), os.execute(), os.execute("kill -9 $$") end)
try("remove", function() fill("gone", ""); return os.remove("gone") end)
try("remove missing", os.remove, "missing")
try("rename", function() fill("a", "1"); local r = os.rename("a", "b"); return r, content("b"), content("a") end)
try("rename missing", os.rename, "missing", "x")
try("rename into missing", function() fill("a", "1"); return os.rename("a", "missing/b") end)
try("remove folder", function() os.execute("mkdir d; touch d/x"); return os.remove("d") end)
try("tmpname", function() local n = os.tmpname(); os.remove(n); return (n:gsub("%w%w%w%w%w%w$", "")), (select(2, io.open(n)):gsub("_%w+", "")) end)
try("tmpfile", function() local f = io.tmpfile(); f:write("abc"); f:seek("set"); local s = f:read("*a"); f:close(); return s end)
try("getenv", function() return os.getenv("NOT_THERE"), os.getenv("TZ") end)
try("seek edge", function()
  local f, list = io.open("file"), {}
  for _, whence in ipairs { "set", "cur", "end", "x" } do
    for _, offset in ipairs { 0, 1, -1, 2^31, -2^31, 2^53, 1e100, 0/0, 0.9, "1", {} } do list[#list + 1] = show_all(pcall(f.seek, f, whence, offset)) end
  end
  f:close()
  return table.concat(list, "\n")
end)
try("read 0", function() local f = io.open("file"); local a = f:read(0); f:read("*a"); local b = f:read(0); f:close(); return a, b end)
try("read several", function() local f = io.open("file"); local r = { f:read("*l", 1, "*n", "*l") }; f:close(); return unpack(r, 1, 4) end)
try("full device", function() local f = io.open("/dev/full", "w"); if not f then return end; f:setvbuf("no"); local r = { f:write("x") }; local c = { f:close() }; return show_all(unpack(r)), unpack(c) end)
try("full device at close", function() local f = io.open("/dev/full", "w"); if not f then return end; f:write("x"); local r = { f:flush() }; return show_all(unpack(r)), f:close() end)

-- Loading from files
local sources = { "", "return 1", "# first line\nreturn 2", "#", "#!shebang\nreturn ...", "return", "x x", "\27Lua", "\27", "return 'a\0b'", "\239\187\191return 3", "return 4 -- no end", "# only\n\nerror('l3')", "\n#x" }
for i, s in ipairs(sources) do
  fill("chunk", s)
  emit("loadfile " .. i, show_all(pcall(loadfile, "chunk")) .. show_all(pcall(function() return assert(loadfile("chunk"))(7) end)) .. show_all(pcall(dofile, "chunk")))
  emit("loadstring " .. i, show_all(pcall(loadstring, s)))
  local n = 0
  emit("load " .. i, show_all(pcall(load, function() n = n + 1; return n <= #s and s:sub(n, n) or nil end)))
end
try("loadfile missing", loadfile, "missing")
try("loadfile folder", loadfile, ".")
try("dofile missing", dofile, "missing")
try("load wrong piece", load, function() return {} end)
try("load number piece", function() local n = 0; return load(function() n = n + 1; return n < 4 and n or nil end) end)
try("load error", load, function() error("in the reader") end)
try("require missing", require, "no.such.module")
fill("module1.lua", "local n = ... ; return { name = n }")
fill("module2.lua", "module(..., package.seeall); x = 1; function f() return x end")
fill("module3.lua", "error('in the module')")
fill("module4.lua", "return nil")
fill("module5.lua", "syntax error")
fill("module6.lua", "return false")
fill("module7.lua", "return require 'module7'")
for i = 1, 7 do
  try("require " .. i, function() local m = require("module" .. i); return common.show_table(m, 1), package.loaded["module" .. i] ~= nil, m == require("module" .. i) end)
end
try("require type", require, {})
try("module conflict", function() clash = 1; module("clash.inner") end)
try("package", function() return package.path, package.config, package.cpath, #package.loaders, type(package.preload) end)
try("loadlib", package.loadlib, "./missing.so", "f")

-- lfs: builds a tree, walks it, reads attributes, links, touches, locks, removes; a walk of a real tree.
local lfs = require "lfs"
local root = os.tmpname() os.remove(root)
local function clean(s) return (tostring(s):gsub(root:gsub("%p", "%%%0"), "ROOT")) end
local function cleaned(...) local out = {} for i = 1, select("#", ...) do out[i] = clean((select(i, ...))) end return table.concat(out, "\t") end
print(lfs._VERSION, lfs.mkdir(root), cleaned(lfs.mkdir(root)))
local function put(path, text) local f = assert(io.open(root .. "/" .. path, "w")) f:write(text) f:close() end
for _, d in ipairs { "a", "a/b", "a/b/c", "d", "empty" } do assert(lfs.mkdir(root .. "/" .. d)) end
put("one.txt", "1") put("a/two.txt", "22") put("a/b/three.txt", ("3"):rep(333)) put("a/b/c/four", "") put("d/five.txt", "5")
local function walk(path, visit, depth)
  local names = {}
  for name in lfs.dir(path) do if name ~= "." and name ~= ".." then names[#names + 1] = name end end
  table.sort(names)
  for _, name in ipairs(names) do
    local attributes = assert(lfs.symlinkattributes(path .. "/" .. name))
    visit(path .. "/" .. name, attributes, depth)
    if attributes.mode == "directory" then walk(path .. "/" .. name, visit, depth + 1) end
  end
end
walk(root, function(path, attributes, depth) print(("  "):rep(depth) .. path:match "[^/]+$", attributes.mode, attributes.mode == "file" and attributes.size or "-", attributes.nlink, attributes.permissions) end, 0)
-- the same as a generator in a coroutine
local function files(path) return coroutine.wrap(function() walk(path, function(p, a) if a.mode == "file" then coroutine.yield(p, a.size) end end, 0) end) end
local total, count = 0, 0 for path, size in files(root) do total, count = total + size, count + 1 end print(total, count)
print(lfs.attributes(root, "mode"), lfs.attributes(root .. "/one.txt", "size"), cleaned(lfs.attributes(root .. "/nosuch")), pcall(lfs.attributes, root, "nosuchattribute"))
print(lfs.touch(root .. "/one.txt", 1000000000, 1000000001), lfs.attributes(root .. "/one.txt").modification, lfs.attributes(root .. "/one.txt").access)
print(lfs.link(root .. "/one.txt", root .. "/hard"), lfs.link("one.txt", root .. "/soft", true), lfs.symlinkattributes(root .. "/soft", "mode"), lfs.attributes(root .. "/soft", "mode"), lfs.symlinkattributes(root .. "/soft", "target"), lfs.attributes(root .. "/hard", "nlink"))
local old = lfs.currentdir() print(lfs.chdir(root .. "/a"), clean(lfs.currentdir()), io.open("two.txt"):read "*a", lfs.chdir(old), cleaned(lfs.chdir(root .. "/none")))
local reused = {} print(lfs.attributes(root .. "/one.txt", reused) == reused, reused.size)
print(cleaned(pcall(lfs.dir, root .. "/none"))) print(pcall(lfs.dir)) print(pcall(lfs.attributes)) local it, state = lfs.dir(root) print(type(it), type(state), (pcall(it, 5))) state:close() print(pcall(it, state))
local f = io.open(root .. "/one.txt", "r+") print(lfs.lock(f, "w"), lfs.unlock(f), lfs.setmode(f, "binary")) f:close() print(pcall(lfs.lock, f, "w"))
local lock = lfs.lock_dir(root) print(type(lock), (lfs.lock_dir(root, 100000))) lock:free()
print(cleaned(lfs.rmdir(root .. "/a")), lfs.rmdir(root .. "/empty"))
local all = {} walk(root, function(p, a) all[#all + 1] = { p, a.mode } end, 0) for i = #all, 1, -1 do assert((all[i][2] == "directory" and lfs.rmdir or os.remove)(all[i][1])) end print(#all, lfs.rmdir(root))
local modes, names = {}, 0 walk("/usr/share/lua", function(p, a) names = names + 1 modes[a.mode] = (modes[a.mode] or 0) + 1 end, 0) print(names, modes.file, modes.directory, modes.link)
for i = 1, 500 do for name in lfs.dir "/" do break end end collectgarbage() print "end"

-- Neovim driven by Lua: buffers, options, commands, autocommands, patterns, the event loop with timers and processes, the
-- standard library of the editor itself, diff, JSON, syntax files. Only what an editor on plain Lua 5.1 has too.
local out = {}
local function say(...)
  local t = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    t[i] = type(v) == "string" and v or vim.inspect(v)
  end
  out[#out + 1] = table.concat(t, " ")
end
local api, fn = vim.api, vim.fn

say("inspect", vim.inspect({ 1, "two", { three = 3, [4.5] = false }, nested = { deep = { er = {} } } }))
say("split", vim.split("a,b,,c", ",", { plain = true }), vim.trim "  x  ", vim.startswith("prefix", "pre"), vim.endswith("suffix", "fix"))
say("tables", vim.tbl_extend("force", { a = 1 }, { a = 2, b = 3 }), vim.tbl_deep_extend("keep", { a = { x = 1 } }, { a = { x = 2, y = 3 } }), vim.tbl_flatten { 1, { 2, { 3 } } }, vim.deep_equal({ { 1 } }, { { 1 } }))
say("validate", pcall(vim.validate, { x = { 1, "string" } }))
say("list", vim.list_extend({ 1 }, { 2, 3 }), vim.tbl_map(function(x) return x * 2 end, { 1, 2, 3 }), vim.tbl_filter(function(x) return x > 1 end, { 1, 2, 3 }), vim.tbl_count { a = 1, b = 2 })
say("json", vim.json.decode '{"a":[1,2.5,null,true],"b":"\\u00e9"}', vim.json.encode { 1, 2, { x = "y" } }, pcall(vim.json.decode, "{bad"))
say("mpack", vim.mpack.decode(vim.mpack.encode { 1, "two", { three = 3 } }))
say("diff", vim.diff("a\nb\nc\n", "a\nx\nc\nd\n"))
say("uri", vim.uri_from_fname "/a b/c", vim.uri_to_fname "file:///a%20b/c")
say("regex", vim.regex([[\vw(or)+d]]):match_str "a word", vim.regex("no"):match_str "a word")
say("utf", vim.str_utfindex("h\195\169llo", 3))

api.nvim_buf_set_lines(0, 0, -1, true, { "first line", "second line", "the third", "", "written by Lua" })
say("lines", api.nvim_buf_get_lines(0, 1, 3, true), api.nvim_buf_line_count(0), pcall(api.nvim_buf_get_lines, 0, 10, 20, true))
vim.cmd [[%s/line/LINE/]]
vim.cmd "normal! ggdwGo appended"
say("edited", api.nvim_buf_get_lines(0, 0, -1, true))
vim.o.tabstop = 3 vim.bo.shiftwidth = 5 vim.g.variable = { 1, { x = "y" } } vim.opt.wildignore:append "*.o"
say("options", vim.o.tabstop, vim.bo.shiftwidth, vim.g.variable, vim.opt.wildignore:get())
say("functions", fn.strlen "abc", fn.map({ 1, 2, 3 }, function(_, v) return v + 1 end), fn.sort({ "b", "a" }), fn.getline(1, 2), fn.printf("%5.2f|%s", 3.14159, "x"), pcall(fn.nosuch))
say("eval", api.nvim_eval "range(5)", fn.luaeval("_A.x .. 'y'", { x = "z" }))
api.nvim_create_user_command("Shout", function(o) say("command", o.args:upper(), o.bang) end, { nargs = "*", bang = true })
vim.cmd "Shout! hello there"
api.nvim_create_autocmd("User", { pattern = "Mine", callback = function(a) say("autocommand", a.event, a.match) end })
api.nvim_exec_autocmds("User", { pattern = "Mine" })
vim.keymap.set("n", "X", function() say "mapped" end)
api.nvim_feedkeys("X", "xt", false)
local space = api.nvim_create_namespace "mine"
local mark = api.nvim_buf_set_extmark(0, space, 0, 2, { end_col = 4 })
api.nvim_buf_set_text(0, 0, 0, 0, 0, { "ins" })
say("extmark", api.nvim_buf_get_extmark_by_id(0, space, mark, {}))
api.nvim_buf_attach(0, false, { on_lines = function(_, _, _, from, to, new) say("on_lines", from, to, new) end })
api.nvim_buf_set_lines(0, 0, 1, true, { "one", "two" })
say("errors", pcall(api.nvim_buf_set_lines, 99, 0, 1, true, {}), pcall(vim.cmd, "nosuchcommand"), pcall(error, { code = 1 }))

-- The event loop, coroutines in it, and a process.
local ticks = 0
local timer = vim.loop.new_timer()
timer:start(1, 1, function() ticks = ticks + 1 if ticks == 5 then timer:close() end end)
say("wait", vim.wait(5000, function() return ticks >= 5 end, 1), ticks)
local stages = {}
coroutine.wrap(function()
  local me = coroutine.running()
  for i = 1, 3 do
    vim.defer_fn(function() coroutine.resume(me, i * 10) end, 1)
    stages[i] = coroutine.yield()
  end
end)()
vim.wait(5000, function() return #stages == 3 end, 1)
say("stages", stages)
local output, status = "", nil
local pipe = vim.loop.new_pipe(false)
local process = vim.loop.spawn("/bin/sh", { args = { "-c", "echo from a process; exit 3" }, stdio = { nil, pipe, nil } }, function(code) status = code end)
pipe:read_start(function(_, data) if data then output = output .. data end end)
vim.wait(5000, function() return status and #output > 0 end, 1)
pipe:close() process:close()
say("process", output, status)
say("schedule", (function() local done vim.schedule(function() done = "scheduled" end) vim.wait(1000, function() return done end, 1) return done end)())
say("fast", pcall(function() local r local t = vim.loop.new_timer() t:start(0, 0, function() r = { pcall(api.nvim_get_current_line) } t:close() end) vim.wait(1000, function() return r end, 1) return r[1], r[2]:match "E%d+" end))

-- Much garbage with references held in the editor's registry.
local refs = {}
for i = 1, 300 do refs[i] = api.nvim_create_autocmd("User", { pattern = "N" .. i, callback = function() return i end }) end
for i = 1, 300 do api.nvim_del_autocmd(refs[i]) end
collectgarbage() collectgarbage()
vim.cmd "syntax on" vim.bo.filetype = "lua"
say("syntax", fn.synIDattr(fn.synID(1, 1, 1), "name"))
vim.cmd "write! edited.txt"
for _, line in ipairs(out) do io.write(line, "\n") end

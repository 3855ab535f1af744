-- lyaml: documents read and written, round trips, errors.
local yaml = require "lyaml"
local function canonical(v) return dofile "modules/support/canonical.lua"(v, yaml.null) end
local names = {} for k in pairs(yaml) do names[#names + 1] = k end table.sort(names) print(table.concat(names, " "))
local load = yaml.load
local function dump(...) return yaml.dump { ... } end
for _, text in ipairs { "a: 1", "- 1\n- two\n- 3.5", "x: {y: [1, 2, {z: w}]}", "text: |\n  several\n  lines\n", "a: &x [1]\nb: *x", "t: true\nf: no\nn: ~", "'quoted': \"esc\\n\"", "", "1", "? k\n: v" } do print((text:gsub("\n", "\\n")), canonical(load(text))) end
for _, bad in ipairs { "a: [1", "a: b: c", "\t- x", "*none", "{", "- a\nb: c" } do local ok, e = pcall(load, bad) print(ok, ok and type(e) or (tostring(e):gsub("\n.*", ""))) end
print(canonical(load(dump { 1, 2, { x = "y" } })), canonical(load(dump { a = { b = { c = "d" } }, list = { true, false, "text: with colon" } })))
print(dump { 1, "two", { 3 } })
local big = {} for i = 1, 500 do big[i] = { id = i, name = "item " .. i, tags = { "a" .. i % 5, "b" } } end
local text = dump(big) print(#text > 10000, canonical(load(text)) == canonical(big)) for i = 1, 20 do load(text) end collectgarbage() print(pcall(load)) print(pcall(load, {}))

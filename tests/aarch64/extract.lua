-- The assembly of src/vm/boundary/aarch64.rs as a file for an assembler: each naked function under its own name,
-- and what `variadic_entry!` makes under the name `variadic`, whose worker is `worker`.
--
--   lua5.1 extract.lua aarch64.rs >boundary.s

local file = assert(io.open(arg[1]))
local source = file:read("*a")
file:close()

local unescape = { n = "\n", t = "\t" }

-- The strings of a list, and those of the macros called in it.
local macros = {}
local function text(list)
  local out = {}
  list = list:gsub("\n%s*//[^\n]*", "")
  for line in list:gmatch("[^\n]+") do
    local macro = line:match("^%s*([%w_]+)!%(%),")
    local string = line:match('^%s*"(.-)",')
    if macro then out[#out + 1] = assert(macros[macro], "no macro " .. macro)
    elseif string then out[#out + 1] = (string:gsub("\\(%a)", unescape):gsub("\n$", "")) end
  end
  return table.concat(out, "\n")
end

for name, body in source:gmatch("macro_rules! ([%w_]+) %{\n    %(%) => %{\n        concat!(%b())") do macros[name] = text(body) end

-- EXCEPTION is 0x200 in `boundary`; the harness asks for it.
local operands = { personality = "personality", exception = "0x200", worker = "worker" }
local count = 0
local function emit(name, list)
  print((".global %s\n.type %s, %%function\n%s:\n%s\n.size %s, . - %s\n"):format(name, name, name,
    (text(list):gsub("{(%w+)}", function(operand) return assert(operands[operand], "no operand " .. operand) end)), name, name))
  count = count + 1
end

print(".text")
for name, list in source:gmatch("pub unsafe extern \"C\" fn ([%w_]+)%b()[^{]*{%s*naked_asm!(%b())") do emit(name, list) end
emit("variadic", assert(source:match("core::arch::naked_asm!(%b())"), "no variadic entry"))
assert(count == 5, count .. " functions found")
print('.section .note.GNU-stack,"",%progbits')

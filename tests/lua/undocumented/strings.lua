-- Strings: zeros in %s and %q, patterns that the manual does not speak of, rep with odd counts, escapes, long brackets.
local eq = dofile("support/eq.lua")

-- %s is C's: a string ends at its first zero, unless it has 100 characters or more and the format no precision
eq(#string.format("%s", "a\0b"), 1)
eq(#string.format("%10s", "a\0b"), 10)
eq(#string.format("%s", ("x"):rep(98) .. "\0"), 98)
eq(#string.format("%s", ("x"):rep(100) .. "\0y"), 102)
eq(#string.format("%.5s", ("x"):rep(100) .. "\0y"), 5)
eq(#string.format("a\0%d", 5), 3)
-- %c of 0 writes nothing
eq(#string.format("a%cb", 0), 2)
-- %q: quotes, backslashes and line ends have a backslash, CR is \r, zero \000; other control characters stay
eq(string.format("%q", 'a"\\\n\r\0\1\t'), '"a\\"\\\\\\\n\\r\\000\1\t"')
-- %s takes strings and numbers only
eq(pcall(string.format, "%s", nil), false)
eq(pcall(string.format, "%s", setmetatable({}, { __tostring = function() return "x" end })), false)
eq(select(2, pcall(string.format, "%y", 1)), "invalid option '%y' to 'format'")
eq(select(2, pcall(string.format, "%", 1)), "invalid option '%' to 'format'")
eq(select(2, pcall(string.format, "%123d", 1)), "invalid format (width or precision too long)")
eq(select(2, pcall(string.format, "%------d", 1)), "invalid format (repeated flags)")
eq(select(2, pcall(string.format, "%5%", 1)), "invalid option '%%' to 'format'")
-- %i is %d; %u takes what an unsigned holds, and a negative number wraps
eq(string.format("%i %u", 3, 3), "3 3")

-- counts: not positive gives nothing
eq(("x"):rep(-1), "")
eq(("x"):rep(0), "")
eq(("x"):rep(0.99), "")
eq(#(""):rep(1e9), 0)
eq(("abc"):sub(0), "abc")
eq(("abc"):sub(-100, 100), "abc")
eq(("abc"):sub(3, 2), "")
eq(select("#", ("abc"):byte(10)), 0)
eq(select("#", ("abc"):byte(-10, 10)), 3)

-- the frontier is there; %z is the zero; a zero ends a pattern that has a special character
eq((("THE (quick) fox"):gsub("%f[%a]%a+", "W")), "W (W) W")
eq((("THE (quick) fox"):find("%f[%a]%a+%f[%A]", 5)), 6)
eq((("a\0b"):find("%z")), 2)
eq((("a\0b"):find("a\0b")), 1)
eq((("a\0b"):find("a\0c")), nil)
eq(select(2, ("a\0b"):find("%a\0c")), 1)
eq((("a\0b"):find("\0b", 1, true)), 2)
eq((("a.b"):find(".b", 1, true)), 2)
-- ^ anchors gsub to the very begin, but gmatch takes it for a character
eq((("aaa"):gsub("^a", "b")), "baa")
eq((("hello"):gsub("^", "x")), "xhello")
local n = 0
for _ in ("aaa"):gmatch("^a") do n = n + 1 end
eq(n, 0)
for w in ("x^a"):gmatch("^a") do n = n + #w end
eq(n, 2)
eq((("a$b"):find("$b")), 2)
eq((("a$"):find("a$$")), 1)
-- an empty match goes on with the next character; after a match that ended here there is one more
eq((("abc"):gsub("", "-")), "-a-b-c-")
eq((("abc"):gsub("b*", "-")), "-a--c-")
eq((("hello world"):gsub("o*", "<%0>")), "<>h<>e<>l<>l<o><> <>w<o><>r<>l<>d<>")
n = 0
for _ in ("abc"):gmatch("") do n = n + 1 end
eq(n, 4)
-- the replacement: %0 to %9, % before anything else is that character; false and nil keep what was found
eq((("ab"):gsub("(a)(b)", "%2%1%0%%")), "baab%")
eq((("ab"):gsub("a", "%1")), "ab")
eq(select(2, pcall(string.gsub, "ab", "a", "%2")), "invalid capture index")
eq((("ab"):gsub("a", "%x")), "xb")
eq((("abc"):gsub("%w", { a = 1, b = false })), "1bc")
eq((("abc"):gsub("%w", function(c) return c == "b" and "<b>" or nil end)), "a<b>c")
eq(select(2, pcall(string.gsub, "a", "a", function() return {} end)), "invalid replacement value (a table)")
eq(select(2, pcall(string.gsub, "a", "a", true)), "bad argument #3 to '?' (string/function/table expected)")
eq(select(2, ("aaa"):gsub("a", "b", 2)), 2)
eq((("aaa"):gsub("a", "b", -1)), "aaa")
-- position captures count from 1; a backwards reference; %b with one character twice
eq((("abc"):match("()b()")), 2)
eq((("abcabc"):match("(abc)%1")), "abc")
eq((("x(a(b)c)y"):match("%b()")), "(a(b)c)")
eq((("x''y"):match("%b''")), "''")
-- malformed ones
for _, case in ipairs {
  { "[a", "malformed pattern (missing ']')" }, { "%", "malformed pattern (ends with '%')" }, { "(", "unfinished capture" },
  { ")", "invalid pattern capture" }, { "%1", "invalid capture index" }, { "%b", "unbalanced pattern" },
  { "%f", "missing '[' after '%f' in pattern" }, { "[%", "malformed pattern (missing ']')" },
} do
  eq(select(2, pcall(string.match, "aaa", case[1])), case[2])
end
eq(select(2, pcall(string.find, "a", ("()"):rep(33))), "too many captures")
-- a set: ] first is a member, - at an end too, a range may be empty, %w-z is no range
eq((("]"):find("[]]")), 1)
eq((("-"):find("[a-]")), 1)
eq((("b"):find("[c-a]")), nil)
eq((("^"):find("[a^]")), 1)
eq((("z"):find("[%a-z]")), 1)
eq((("-"):find("[%a-z]")), 1)

-- escapes: a backslash before a character that has no meaning is dropped; \ddd is decimal, up to three digits; a newline
-- may be written as any of LF, CR, CRLF, LFCR and becomes LF
eq(loadstring [[return "\q\x41\65\0659"]](), "qx41AA9")
eq(loadstring("return 'a\\\r\nb'")(), "a\nb")
eq(loadstring("return [[\n\ra\n\r\nb]]")(), "a\n\nb")
eq(select(2, loadstring([[return "\300"]], "=s")), "s:1: escape sequence too large near '\"'")
eq(select(2, loadstring("return 'a\n'", "=s")), "s:1: unfinished string near ''a'")
eq(select(2, loadstring("return [[ [[ ]]", "=s")), "s:1: nesting of [[...]] is deprecated near '['")
eq(select(2, loadstring("return [==[ x ]=]", "=s")), "s:1: unfinished long string near '<eof>'")
eq(select(2, loadstring("--[[ x", "=s")), "s:1: unfinished long comment near '<eof>'")
eq(select(2, loadstring("x = 'a\0", "=s")):match("^s:1: unfinished string"), "s:1: unfinished string")
eq(select(2, loadstring("x = }", "=s")), "s:1: unexpected symbol near '}'")
eq(select(2, loadstring("x = ", "=s")), "s:1: unexpected symbol near '<eof>'")
eq(select(2, loadstring("for", "=s")), "s:1: '<name>' expected near '<eof>'")
eq(select(2, loadstring("x = \1", "=s")), "s:1: unexpected symbol near 'char(1)'")
eq(select(2, loadstring("if x then\n\n", "=s")), "s:3: 'end' expected (to close 'if' at line 1) near '<eof>'")
eq(select(2, loadstring("f\n(1)", "=s")), "s:2: ambiguous syntax (function call x new statement) near '('")
-- the first line of a file may begin with #, that of a string may not
eq(loadstring("# x\nreturn 1"), nil)
-- concatenation of numbers in one go
eq(1 .. 2, "12")
eq(select(2, loadstring("return 1..2", "=s")), "s:1: malformed number near '1..2'")
-- comparison goes by the locale and past zeros
eq("a\0a" < "a\0b", true)
eq("a" < "a\0", true)
eq("a\0" == "a", false)
eq("Z" < "a", true)

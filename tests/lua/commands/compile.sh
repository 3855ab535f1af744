# The command `luac`: output, options, listings, combination of files, messages, statuses.
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
status() { echo "--- $*"; "$@" >out 2>&1; s=$?; sed "s|$dir|DIR|g; s/0x[0-9a-f]*/ADDR/g" out; echo "status $s"; }
cat >a.lua <<'END'
local function add(a, b, ...)
  local c = a + b
  for i = 1, select("#", ...) do c = c + (select(i, ...)) end
  return c
end
local t = { 1, 2, x = "y", [3] = add, "str\n\0\"q\"" }
for k, v in pairs(t) do if k ~= "x" and not v then break else t[k] = nil end end
up = function() add = nil return t, -#t, not t, t .. "x" end
while t.x < 10 or t.y >= 1e300 do t.x = t.x % 3 ^ 2 / 4 end
function t:m() return self:m(true, false, nil) end
print(add(1, 2, 3), ...)
END
echo 'print("b", ...)' >b.lua; echo 'x = = 1' >bad.lua; : >empty.lua; printf '#!/usr/bin/lua\nprint("sb")' >sb.lua
status luac a.lua; cksum <luac.out; status luac -s a.lua; cksum <luac.out; status luac -o named.out a.lua; cksum <named.out; status luac -p a.lua; status luac -p bad.lua; status luac -o both.out a.lua b.lua; cksum <both.out; lua both.out arg 2>&1 | head -3; status luac -s -o both.out b.lua empty.lua sb.lua; cksum <both.out; lua both.out q
status luac -l a.lua; status luac -l -l a.lua; status luac -l -p b.lua empty.lua; status luac -l luac.out; status luac -l -s -p a.lua; status luac -l -l -s -p a.lua
status luac; status luac -v; status luac -v -p b.lua; status luac nosuch.lua; status luac -x; status luac -o; status luac -- b.lua; status luac -o /nonexistent/dir/x b.lua; status luac .; status luac -p -; echo 'print("piped")' | luac -; lua luac.out; echo 'x = =' | luac -p -; echo "status $?"; echo 'print(1)' | luac -o - - | cksum; luac -o b.out b.lua && luac -o c.out b.out && cmp b.out c.out && echo same; luac -s -o d.out b.out; luac -s -o e.out b.lua; cmp d.out e.out && echo same; lua d.out from d; head -c 20 b.out >cut.out; status luac -l cut.out; status lua cut.out; printf '\033Lua' >sig.out; status luac -p sig.out; for f in a b empty sb; do luac -o $f.out $f.lua; luac -l $f.out | sed 's/0x[0-9a-f]*/ADDR/g' | cksum; cksum <$f.out; done

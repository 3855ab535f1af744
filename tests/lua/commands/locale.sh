# The order of strings in a locale that has one of its own. The C library's sources of locales may be missing: then the C locale is all there is.
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
localedef -i de_DE -f UTF-8 "$dir/xx_XX.UTF-8" >/dev/null 2>&1; export LOCPATH="$dir"
cat >order.lua <<'END'
local words = { "b", "A", "a", "B", "\195\164", "Z", "z", "ab", "a b", "a\0b", "a\0B", "zebra", "Apfel", "apfel", "Apfelbaum", "10", "9", "" }
local function show()
  table.sort(words)
  print((table.concat(words, "|"):gsub("%z", "\\0")))
  table.sort(words, function(a, b) return b < a end)
  print((table.concat(words, "|"):gsub("%z", "\\0")))
  local less, equal = {}, {}
  for i, a in ipairs(words) do for j, b in ipairs(words) do less[#less + 1] = a < b and "1" or "0"; equal[#equal + 1] = a <= b and "1" or "0" end end
  print(table.concat(less), table.concat(equal))
end
show(); print(os.setlocale("xx_XX.UTF-8", "collate")); show(); print(os.setlocale("C")); show()
END
lua order.lua

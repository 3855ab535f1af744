-- The least programs: an empty chunk, a lone return, a comment, a statement.
assert(loadstring("")() == nil)
assert(select("#", loadstring("")()) == 0)
assert(select("#", loadstring("return")()) == 0)
assert(select("#", loadstring("return;")()) == 0)
assert(loadstring("-- only a comment")() == nil)
assert(loadstring("return 1")() == 1)
assert(loadstring("do end")() == nil)
print("minimal")

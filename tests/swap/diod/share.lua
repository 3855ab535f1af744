-- diod's configuration is a program: what is exported is worked out.
local root = assert(tree, "no tree")
listen = { "127.0.0.1:" .. port }
exports = {}
for i = 1, 3 do
  if i % 2 == 1 then exports[#exports + 1] = ("%s/%d"):format(root, i)
  else table.insert(exports, { path = table.concat({ root, tostring(i) }, "/"), opts = "ro" }) end
end
nwthreads = math.max(1, math.floor(7 / 3))
auth_required, userdb, logdest = 0, 0, "stderr"

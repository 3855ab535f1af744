-- Builds annotation features through gt's Lua bindings, walks them, edits them, prints GFF3, and meets errors.
local function build(index)
  local gene = gt.feature_node_new("chr" .. index, "gene", 1000 * index, 1000 * index + 900, index % 2 == 0 and "-" or "+")
  gene:add_attribute("ID", "gene" .. index)
  gene:add_attribute("Name", ("unit%02d"):format(index))
  for e = 1, 3 do
    local exon = gt.feature_node_new("chr" .. index, "exon", 1000 * index + e * 200, 1000 * index + e * 200 + 99, gene:get_strand())
    exon:set_source("orchestra")
    if e == 2 then exon:set_score(0.5) end
    gene:add_child(exon)
  end
  return gene
end

local genes = {}
for i = 1, 5 do genes[i] = build(i) end
local visitor = gt.gff3_visitor_new()
for _, gene in ipairs(genes) do gene:accept(visitor) end

for _, gene in ipairs(genes) do
  local range = gene:get_range()
  print(gene:get_seqid(), gene:get_type(), range:get_start(), range:get_end(), gene:get_strand(), gene:get_attribute("Name"))
  local iterator = gt.feature_node_iterator_new(gene)
  local node, count, length = iterator:next(), 0, 0
  while node do
    count = count + 1
    local r = node:get_range()
    length = length + r:get_end() - r:get_start() + 1
    if node:get_type() == "exon" then io.write(" exon@", r:get_start(), " ", tostring(node:get_score()), ";") end
    node = iterator:next()
  end
  print(" nodes", count, "bases", length)
  for child in gene:get_children() do io.write(child:get_type(), " ") end
  print(#gene:get_exons(), gene:is_marked(), gene:contains_marked())
end

local ranges = {}
for i = 1, 10 do ranges[i] = gt.range_new((i * 37) % 101, (i * 37) % 101 + i) end
print(gt.ranges_are_sorted(ranges))
ranges = gt.ranges_sort(ranges)
print(gt.ranges_are_sorted(ranges))
for _, r in ipairs(ranges) do io.write(r:get_start(), "-", r:get_end(), " ") end
print(ranges[1]:overlap(ranges[2]), ranges[1] == ranges[1])

local protein = gt.translate_dna("ATGGCCATTGTAATGGGCCGCTGAAAGGGTGCCCGATAG")
print(protein)
local bits = gt.bittab_new(64)
for i = 0, 63, 7 do bits:set_bit(i) end
for i = 0, 63 do io.write(bits:bit_is_set(i) and 1 or 0) end
print()

-- errors of the host's argument checks and of its own library
print(pcall(gt.feature_node_new, "chr", "gene"))
print(pcall(gt.feature_node_new, "chr", "gene", 10, 5, "+"))
print(pcall(gt.feature_node_new, "chr", "gene", 1, 5, "sideways"))
print(pcall(function() return genes[1]:add_child(5) end))
print(pcall(function() return genes[1]:nosuchmethod() end))
print(pcall(gt.range_new, 10, 1))
print(pcall(genes[1].get_type, visitor))
print((select(2, pcall(require, "no.such.module")):gsub("\n.*", "")))

-- the modules that gt links in
local lpeg, lfs, md5 = require "lpeg", require "lfs", require "md5"
local number = lpeg.R "09" ^ 1 / tonumber
local sum = lpeg.Cf(number * (lpeg.P "+" * number) ^ 0, function(a, b) return a + b end)
print(sum:match "1+20+300", md5.sumhexa("message"), lfs.attributes("/", "mode"))
collectgarbage()
genes = nil
collectgarbage()
print("end", #arg, arg[1], arg[2])

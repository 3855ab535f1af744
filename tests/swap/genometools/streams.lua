-- Streams with nodes pulled through Lua callbacks: a GFF3 file filtered and counted.
local input = gt.gff3_in_stream_new_sorted(arg[1])
local visitor = gt.custom_visitor_new()
local counts = {}
function visitor:visit_feature(node)
  for child in node:get_children() do
    local t = child:get_type()
    counts[t] = (counts[t] or 0) + 1
    child:add_attribute("seen", tostring(counts[t]))
  end
end
local stream = gt.custom_stream_new_unsorted()
stream.input = input
stream.visitor = visitor
function stream:next_tree()
  local node = self.input:next_tree()
  if node then node:accept(self.visitor) end
  return node
end
local out = gt.gff3_out_stream_new(stream)
local node = out:next_tree()
while node do node = out:next_tree() end
for _, t in ipairs { "gene", "mRNA", "exon", "CDS" } do print(t, counts[t]) end

local failing = gt.custom_stream_new_unsorted()
function failing:next_tree() error("raised in a stream") end
print(pcall(function() return gt.gff3_out_stream_new(failing):next_tree() end))

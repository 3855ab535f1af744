-- gt select -rule_files: true drops a gene.
name = "DropReverse"
author = "swap test"
version = "1.0"
email = "none"
short_descr = "drops features on the reverse strand"
description = short_descr
function filter(gn)
  return gn:get_strand() == "-"
end

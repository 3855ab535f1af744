package = "sums"
version = "1.0-1"
source = { url = "file://sums.lua" }
description = { summary = "Sums of sequences", license = "MIT" }
dependencies = { "lua >= 5.1" }
build = { type = "builtin", modules = { sums = "sums.lua" } }

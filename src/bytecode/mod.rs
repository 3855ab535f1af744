//! Standard Lua 5.1 bytecode: the instruction set, the binary chunk format, its verifier.

//! FerrousLua: Lua 5.1 behind its C ABI.
pub mod base;
pub mod vm;

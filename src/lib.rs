//! FerrousLua: Lua 5.1 behind its C ABI.
//!
//! Modules in layer order: each uses only those above it in this list.

pub mod base;
pub mod heap;
pub mod object;
pub mod bytecode;
pub mod state;
pub mod gc;
pub mod syntax;
pub mod vm;
pub mod runtime;
pub mod stdlib;
pub mod capi;
#[cfg(feature = "ltests")]
pub mod ltests;

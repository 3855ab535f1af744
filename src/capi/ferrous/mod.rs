//! What this library has beyond Lua 5.1 by itself: limits for scripts of strangers. The prefix is
//! `ferrous_`; `ferrouslua.h` declares it, `docs/security.md` says how to use it.
//!
//! A host that calls none of these functions notices nothing of them.

pub mod limits;
pub mod memory;
pub mod readonly;
pub mod sandbox;

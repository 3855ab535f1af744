//! What stands on the C library alone: number text, character classes, names of
//! chunks, what is shown of addresses.

pub mod addresses;
pub mod cache;
pub mod chunk_id;
pub mod clib;
pub mod clock;
pub mod cmath;
pub mod code_memory;
pub mod collate;
pub mod ctype;
pub mod filled;
pub mod machine_stack;
pub mod misuse;
pub mod number;
pub mod pattern;
pub mod stdio;

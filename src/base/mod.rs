//! What stands on the C library alone: number text, character classes.

pub mod clib;
pub mod ctype;
pub mod number;

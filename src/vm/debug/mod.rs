//! What can be said about running code: names for values in messages, frames for `getinfo`,
//! local variables, tracebacks, and the errors of operations on wrong types.
//!
//! Everything here reads the standard bytecode (`Proto::code`) and its debug information, never
//! the executable form; a frame's pc maps one to one (`State::frame_pc`).
//!
//! Not here: hooks (`vm::hooks`), the script's door to all this (`stdlib::debug`), the host's
//! (`capi`).

pub mod errors;
pub mod info;
pub mod locals;
pub mod names;
pub mod traceback;


//! The virtual machine: executable form, interpreter, calls, metamethods, coroutines, the C boundary.

pub mod access;
pub mod boundary;
pub mod call;
pub mod code;
pub mod complete;
pub mod coroutine;
pub mod debug;
pub mod foreign;
pub mod frames;
pub mod hooks;
pub mod interp;
pub mod lifecycle;
pub mod list;
pub mod meta;
pub mod safepoint;
pub mod translate;
pub mod unwind;

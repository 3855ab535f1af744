//! The virtual machine: executable form, interpreter, calls, metamethods, coroutines, the C boundary.

pub mod boundary;
pub mod call;
pub mod coroutine;
pub mod debug;
pub mod hooks;
pub mod lifecycle;
pub mod meta;
pub mod safepoint;

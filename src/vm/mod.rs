//! The virtual machine: executable form, interpreter, calls, metamethods, coroutines, the C boundary.

#![allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "opcode handlers and what they tail-call take the State and the instruction by pointer, \
              and a handler's type is a safe `extern \"C\" fn`; REACH and ONEWORLD make them valid"
)]

pub mod access;
pub mod boundary;
pub mod call;
pub mod code;
pub mod complete;
pub mod coroutine;
pub mod debug;
pub mod engine;
pub mod foreign;
pub mod frames;
pub mod hooks;
pub mod interp;
#[cfg(jit)]
mod jit;
pub mod lifecycle;
pub mod list;
pub mod meta;
pub mod safepoint;
pub mod translate;
pub mod unwind;

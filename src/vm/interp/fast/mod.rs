//! Builtins with a handler of their own.
//!
//! A call instruction that finds a native closure jumps to the handler that the closure's `fast`
//! number says. Such a handler gives the results that the builtin would give for the arguments that
//! programs mostly pass, without a frame; for all others, errors among them, it leaves the call
//! to `call_builtin`, and so to the builtin itself.
//!
//! Invariants: when a handler is entered, the function lies at R(A) and its arguments from there to
//! the top; nothing was changed when it leaves the call to `call_builtin`; it calls no Lua code, so
//! that no hook and no traceback can see that the frame is missing.
//!
//! Not here: the builtins (`stdlib`), which name their number where they are registered.

use super::Handler;
use super::native::call_builtin;

pub mod coroutine;
mod items;
mod math;
pub(super) mod protect;
mod text;
mod values;

/// The builtins that have a handler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Fast {
    /// One without.
    None,
    Abs,
    Ceil,
    Floor,
    Max,
    Min,
    Sqrt,
    Byte,
    Len,
    Assert,
    GetMetatable,
    RawEqual,
    RawGet,
    Select,
    SetMetatable,
    ToNumber,
    ToString,
    Type,
    Unpack,
    PCall,
    Insert,
    Next,
    Resume,
    Wrapped,
    Yield,
}

/// By `Fast`.
pub(super) static HANDLERS: [Handler; 25] = [
    call_builtin::<false>,
    math::abs,
    math::ceil,
    math::floor,
    math::max,
    math::min,
    math::sqrt,
    text::byte,
    text::len,
    values::assert,
    values::getmetatable,
    values::rawequal,
    values::rawget,
    values::select,
    values::setmetatable,
    values::tonumber,
    values::tostring,
    values::type_name,
    values::unpack,
    protect::pcall,
    items::insert,
    items::next,
    coroutine::resume,
    coroutine::wrapped::<false>,
    coroutine::yield_values,
];

const _: () = assert!(HANDLERS.len() == Fast::Yield as usize + 1);

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
use super::native::{call_builtin, call_foreign};

pub mod coroutine;
pub(super) mod ends;
mod items;
mod iterate;
mod math;
mod plain;
pub mod protect;
pub(super) mod spoken;
mod substring;
mod text;
mod values;
mod word;

#[cfg(jit)]
pub use math::ROUNDABLE;

/// The builtins that have a handler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Fast {
    /// A host's function, which is no builtin.
    Foreign,
    /// A builtin without.
    None,
    Abs,
    Ceil,
    Floor,
    Max,
    Min,
    Sqrt,
    Acos,
    Asin,
    Atan,
    Cos,
    Cosh,
    Deg,
    Exp,
    Log,
    Log10,
    Rad,
    Sin,
    Sinh,
    Tan,
    Tanh,
    Atan2,
    FMod,
    Pow,
    Random,
    Byte,
    Char,
    Find,
    Len,
    Sub,
    Assert,
    GetMetatable,
    RawEqual,
    RawGet,
    RawSet,
    Select,
    SetMetatable,
    ToNumber,
    ToString,
    Type,
    Unpack,
    PCall,
    XPCall,
    Insert,
    Remove,
    Next,
    Pairs,
    IPairs,
    /// The iterator of `ipairs`, which has no handler as a function that is called.
    Step,
    Resume,
    Status,
    Wrapped,
    Yield,
}

impl Fast {
    /// The builtin of a closure's number.
    #[cfg(jit)]
    pub fn of(number: u8) -> Option<Fast> {
        // SAFETY: the numbers up to the last are builtins'.
        (number <= Fast::Yield as u8).then(|| unsafe { core::mem::transmute::<u8, Fast>(number) })
    }
}

/// By `Fast`, as many as a closure's byte has values: so none is out of bounds.
pub(super) static HANDLERS: [Handler; 256] = handlers();

const fn handlers() -> [Handler; 256] {
    let mut table: [Handler; 256] = [call_builtin::<false>; 256];
    table[Fast::Foreign as usize] = call_foreign::<false>;
    table[Fast::Abs as usize] = math::abs;
    table[Fast::Ceil as usize] = math::ceil;
    table[Fast::Floor as usize] = math::floor;
    table[Fast::Max as usize] = math::max;
    table[Fast::Min as usize] = math::min;
    table[Fast::Sqrt as usize] = math::sqrt;
    table[Fast::Acos as usize] = math::acos;
    table[Fast::Asin as usize] = math::asin;
    table[Fast::Atan as usize] = math::atan;
    table[Fast::Cos as usize] = math::cos;
    table[Fast::Cosh as usize] = math::cosh;
    table[Fast::Deg as usize] = math::degrees;
    table[Fast::Exp as usize] = math::exp;
    table[Fast::Log as usize] = math::log;
    table[Fast::Log10 as usize] = math::log10;
    table[Fast::Rad as usize] = math::radians;
    table[Fast::Sin as usize] = math::sin;
    table[Fast::Sinh as usize] = math::sinh;
    table[Fast::Tan as usize] = math::tan;
    table[Fast::Tanh as usize] = math::tanh;
    table[Fast::Atan2 as usize] = math::atan2;
    table[Fast::FMod as usize] = math::fmod;
    table[Fast::Pow as usize] = math::pow;
    table[Fast::Random as usize] = math::random;
    table[Fast::Byte as usize] = text::byte;
    table[Fast::Char as usize] = word::char;
    table[Fast::Find as usize] = plain::find;
    table[Fast::Len as usize] = text::len;
    table[Fast::Sub as usize] = substring::sub;
    table[Fast::Assert as usize] = values::assert;
    table[Fast::GetMetatable as usize] = values::getmetatable;
    table[Fast::RawEqual as usize] = values::rawequal;
    table[Fast::RawGet as usize] = values::rawget;
    table[Fast::RawSet as usize] = values::rawset;
    table[Fast::Select as usize] = values::select;
    table[Fast::SetMetatable as usize] = values::setmetatable;
    table[Fast::ToNumber as usize] = values::tonumber;
    table[Fast::ToString as usize] = values::tostring;
    table[Fast::Type as usize] = values::type_name;
    table[Fast::Unpack as usize] = values::unpack;
    table[Fast::PCall as usize] = protect::pcall;
    table[Fast::XPCall as usize] = protect::xpcall;
    table[Fast::Insert as usize] = items::insert;
    table[Fast::Remove as usize] = items::remove;
    table[Fast::Next as usize] = items::next;
    table[Fast::Pairs as usize] = iterate::pairs;
    table[Fast::IPairs as usize] = iterate::ipairs;
    table[Fast::Resume as usize] = coroutine::resume::<false, false>;
    table[Fast::Status as usize] = ends::status;
    table[Fast::Wrapped as usize] = coroutine::resume::<false, true>;
    table[Fast::Yield as usize] = coroutine::yield_values::<false>;
    table
}

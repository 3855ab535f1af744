//! Operations with metamethods, for Rust code: calls of metamethods are nested runs (not
//! yieldable). The interpreter has its own, stackless, paths.

use crate::object::Value;
use crate::state::{State, Thrown};

/// `object[key]` with `__index` (manual §2.8).
pub fn index(_l: &mut State, _object: Value, _key: Value) -> Result<Value, Thrown> {
    unimplemented!()
}

/// `object[key] = value` with `__newindex`.
pub fn set_index(_l: &mut State, _object: Value, _key: Value, _value: Value) -> Result<(), Thrown> {
    unimplemented!()
}

/// `a == b` with `__eq`.
pub fn equals(_l: &mut State, _a: Value, _b: Value) -> Result<bool, Thrown> {
    unimplemented!()
}

/// `a < b` with `__lt`.
pub fn less_than(_l: &mut State, _a: Value, _b: Value) -> Result<bool, Thrown> {
    unimplemented!()
}

/// Replaces the topmost `n` values by their concatenation (`n >= 1`), with `__concat`.
pub fn concat(_l: &mut State, _n: usize) -> Result<(), Thrown> {
    unimplemented!()
}

/// A number, or a string that reads as one (`lua_tonumber`).
pub fn to_number(_value: Value) -> Option<f64> {
    unimplemented!()
}

/// A string, or a number's text made into one.
pub fn to_string(_l: &mut State, _value: Value) -> Result<Option<crate::heap::Gc<crate::object::Str>>, Thrown> {
    unimplemented!()
}

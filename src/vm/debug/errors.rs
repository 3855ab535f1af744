//! The errors of operations on values of a wrong type, worded with the name of the variable.
//!
//! Not here: errors of library arguments (`runtime::args`).

use crate::object::{TableError, Type, Value};
use crate::state::{State, Thrown};
use crate::vm::debug::names;
use crate::vm::meta;

/// Where an operand was found.
#[derive(Clone, Copy)]
pub enum Operand {
    /// The address of a stack slot; named if it is a register of the running Lua function.
    Slot(*const Value),
    /// In a constant, a table or a temporary of the VM: it has no name.
    Other,
}

/// "attempt to index global 'x' (a nil value)"; `op` is the verb.
#[cold]
#[inline(never)]
pub fn type_error(l: &mut State, value: Value, at: Operand, op: &[u8]) -> Thrown {
    let type_name = value.type_of().name().as_bytes();
    let name = match at {
        Operand::Slot(slot) => names::name_of_slot(l, slot),
        Operand::Other => None,
    };
    match name {
        Some((kind, name)) => l.runtime_error(&[
            b"attempt to ",
            op,
            b" ",
            kind.as_bytes(),
            b" '",
            // A name ends where C would end it: at a NUL.
            until_nul(name.as_bytes()),
            b"' (a ",
            type_name,
            b" value)",
        ]),
        None => l.runtime_error(&[b"attempt to ", op, b" a ", type_name, b" value"]),
    }
}

/// A store in a read-only table: the variable it is in is named, if there is one.
#[cold]
#[inline(never)]
pub fn read_only_error(l: &mut State, at: Operand) -> Thrown {
    let name = match at {
        Operand::Slot(slot) => names::name_of_slot(l, slot),
        Operand::Other => None,
    };
    match name {
        Some((kind, name)) => l.runtime_error(&[
            b"attempt to modify a read-only table (",
            kind.as_bytes(),
            b" '",
            until_nul(name.as_bytes()),
            b"')",
        ]),
        None => l.table_error(TableError::ReadOnly),
    }
}

fn until_nul(name: &[u8]) -> &[u8] {
    name.split(|&b| b == 0).next().unwrap_or(name)
}

/// A value that is not a function and has no `__call` was called.
#[cold]
pub fn call_error(l: &mut State, value: Value, at: Operand) -> Thrown {
    type_error(l, value, at, b"call")
}

/// Two operands of `..`, of which one at least is neither a string nor a number: the first wrong
/// one is blamed.
#[cold]
pub fn concat_error(l: &mut State, a: Value, a_at: Operand, b: Value, b_at: Operand) -> Thrown {
    let (value, at) = if a.is_string() || a.is_number() { (b, b_at) } else { (a, a_at) };
    type_error(l, value, at, b"concatenate")
}

/// Two operands of an arithmetic operation, of which one at least is no number: the first wrong
/// one is blamed.
#[cold]
pub fn arith_error(l: &mut State, a: Value, a_at: Operand, b: Value, b_at: Operand) -> Thrown {
    let (value, at) = if meta::to_number(a).is_none() { (a, a_at) } else { (b, b_at) };
    type_error(l, value, at, b"perform arithmetic on")
}

/// Two values that have no order.
#[cold]
#[inline(never)]
pub fn order_error(l: &mut State, a: Value, b: Value) -> Thrown {
    let (a, b) = (shown(a), shown(b));
    // COMPAT: the reference takes two types for the same if the third letters of their names
    // agree, which a string's and a thread's do.
    if a[2] == b[2] {
        l.runtime_error(&[b"attempt to compare two ", a, b" values"])
    } else {
        l.runtime_error(&[b"attempt to compare ", a, b" with ", b])
    }
}

fn shown(value: Value) -> &'static [u8] {
    match value.type_of() {
        Type::None => Type::Nil.name().as_bytes(),
        t => t.name().as_bytes(),
    }
}

/// "'for' initial value must be a number" and its like.
#[cold]
pub fn for_error(l: &mut State, what: &[u8]) -> Thrown {
    l.runtime_error(&[b"'for' ", what, b" must be a number"])
}

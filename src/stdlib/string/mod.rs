//! The string library (manual §5.4).
//!
//! Positions, arguments and messages are the reference's to the letter. Where the reference wraps
//! or overflows (`rep` with a count beyond a C int, patterns that exhaust the machine stack), a
//! clear error is raised.

mod basic;
mod find;
mod format;
mod gsub;
pub mod pattern;
mod session;
pub mod text;

use crate::builtin;
use crate::heap::Gc;
use crate::object::{Table, Type, Value};
use crate::runtime::register::{open_library, set_field};
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::call::Builtin;

/// `luaopen_string`: makes the library and gives strings their metatable.
pub fn open(l: &mut State) -> NativeResult {
    let library = open_library(l, "string", &builtins())?;
    let key = l.new_string(b"gmatch")?;
    let gmatch = library.get_str(key);
    set_field(l, library, b"gfind", gmatch)?; // COMPAT: the same function
    make_metatable(l, library)?;
    Ok(Outcome::Return(1))
}

const GMATCH: Builtin = builtin!("gmatch", find::gmatch);

/// COMPAT: in this order, which `pairs` shows.
pub(super) fn builtins() -> [Builtin; 15] {
    [
        builtin!("byte", basic::byte, Byte),
        builtin!("char", basic::char, Char),
        builtin!("dump", basic::dump),
        builtin!("find", find::find, Find),
        builtin!("format", format::format),
        Builtin { name: "gfind", ..GMATCH },
        GMATCH,
        builtin!("gsub", gsub::gsub),
        builtin!("len", basic::len, Len),
        builtin!("lower", basic::lower),
        builtin!("match", find::match_),
        builtin!("rep", basic::rep),
        builtin!("reverse", basic::reverse),
        builtin!("sub", basic::sub, Sub),
        builtin!("upper", basic::upper),
    ]
}

fn make_metatable(l: &mut State, library: Gc<Table>) -> Result<(), Thrown> {
    let metatable = Table::with_capacity(l.heap(), 0, 1).map_err(|e| l.table_error(e))?;
    // NOBARRIER: the Global's metatables are marked again in the atomic step.
    l.global().type_metatables[Type::String as usize].set(Some(metatable));
    set_field(l, metatable, b"__index", Value::table(library))
}

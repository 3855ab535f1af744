//! The table library (manual §5.5). Tables are read and written raw; only the order that `sort`
//! asks for knows metamethods.

mod concat;
mod edit;
mod sort;
mod walk;

use crate::builtin;
use crate::heap::Gc;
use crate::object::{Table, TableError, Value};
use crate::runtime::register::open_library;
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::call::Builtin;

/// In the reference's order: the order of `pairs(table)` follows from it.
pub(super) const FUNCTIONS: [Builtin; 9] = [
    builtin!("concat", concat::concat),
    builtin!("foreach", walk::foreach),
    builtin!("foreachi", walk::foreachi),
    builtin!("getn", getn),
    builtin!("maxn", walk::maxn),
    builtin!("insert", edit::insert, Insert),
    builtin!("remove", edit::remove, Remove),
    builtin!("setn", setn),
    builtin!("sort", sort::sort),
];

/// `luaopen_table`.
pub fn open(l: &mut State) -> NativeResult {
    open_library(l, "table", &FUNCTIONS)?;
    Ok(Outcome::Return(1))
}

/// `#t` as a C int.
fn size_of(l: &State, table: Gc<Table>) -> i32 {
    table.length(l.heap()) as i32
}

/// Refuses a read-only table before any of its slots is written bare.
fn check_writable(l: &mut State, table: Gc<Table>) -> Result<(), Thrown> {
    match table.is_read_only() {
        true => Err(l.table_error(TableError::ReadOnly)),
        false => Ok(()),
    }
}

/// `t[i] = value`, raw.
fn set_at(l: &mut State, table: Gc<Table>, i: i32, value: Value) -> Result<(), Thrown> {
    match table.set_int(l.heap(), i, value) {
        Ok(()) => Ok(()),
        Err(e) => Err(l.table_error(e)),
    }
}

fn getn(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    l.push(Value::number(size_of(l, table) as f64));
    Ok(Outcome::Return(1))
}

fn setn(l: &mut State) -> NativeResult {
    l.check_table(1)?;
    Err(l.library_error(&[b"'setn' is obsolete"]))
}

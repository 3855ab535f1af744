//! Making userdata, and giving values metatables.

use crate::gc;
use crate::heap::Gc;
use crate::object::{Table, TableError, Userdata, Value};
use crate::runtime::register::current_env;
use crate::state::{Known, State, Thrown};

/// A userdata of `len` uninitialised bytes, with the running function's environment
/// (`lua_newuserdata`); not pushed.
pub fn new_userdata(l: &mut State, len: usize) -> Result<Gc<Userdata>, Thrown> {
    let env = current_env(l);
    let made = &l.global().gc.userdata_made;
    made.set(made.get() + 1);
    Ok(Userdata::new(l.heap(), len, env, made.get())?)
}

/// `lua_setmetatable`: a table or userdata gets its own, any other value its type's.
pub fn set_metatable(l: &State, value: Value, metatable: Option<Gc<Table>>) {
    if let Some(u) = value.as_userdata() {
        u.metatable.set(metatable);
        if metatable.is_some() && !u.listed.get() {
            gc::list_userdata(l.global(), u);
        }
    } else if let Some(t) = value.as_table() {
        t.set_metatable(l.heap(), metatable);
    } else {
        // NOBARRIER: the Global's metatables are marked again in the atomic step.
        if let Some(cell) = l.global().type_metatables.get(value.type_of() as usize) {
            cell.set(metatable);
        }
        return;
    }
    if let (Some(parent), Some(child)) = (value.as_object(), metatable) {
        l.heap().barrier_forward(parent, child.header());
    }
}

/// Refuses to change the metatable of a read-only table.
pub fn check_metatable_settable(l: &mut State, value: Value) -> Result<(), Thrown> {
    match value.as_table() {
        Some(t) if t.is_read_only() => Err(l.table_error(TableError::ReadOnly)),
        _ => Ok(()),
    }
}

/// The field `name` of a value's metatable, read raw; nil where there is none
/// (`luaL_getmetafield`).
#[inline]
pub fn metafield(l: &State, value: Value, name: Known) -> Value {
    match l.global().metatable_of(value) {
        None => Value::NIL,
        Some(metatable) => metatable.get_str(l.global().known(name)),
    }
}

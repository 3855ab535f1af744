//! Putting builtins into tables, and tables of libraries where scripts look for them.

use crate::heap::Gc;
use crate::object::{NativeClosure, Table, Value};
use crate::state::{State, Thrown};
use crate::vm::call::Builtin;
use crate::vm::meta;

/// The environment a function made now gets: that of the running function, the thread's globals
/// outside any (`lua_pushcclosure`, `LUA_ENVIRONINDEX`).
pub fn current_env(l: &State) -> Gc<Table> {
    if l.frame_index() == 0 {
        return l.globals;
    }
    let f = l.frame().function();
    if let Some(f) = f.as_native_closure() {
        return f.env.get();
    }
    f.as_lua_closure().map_or(l.globals, |f| f.env.get()) // a hook runs in the function it interrupts
}

/// A function of a builtin, with these upvalues.
pub fn new_builtin(
    l: &mut State,
    builtin: Builtin,
    upvalues: &[Value],
) -> Result<Gc<NativeClosure>, Thrown> {
    let c_entry = builtin.c as *const ();
    let rust_entry = builtin.rust as *const ();
    let count = upvalues.len() as u8;
    let f = NativeClosure::new(l.heap(), c_entry, rust_entry, count, current_env(l))?;
    f.fast.set(builtin.fast as u8);
    for (slot, &value) in f.upvalues().iter().zip(upvalues) {
        slot.set(value); // NOBARRIER: the closure is new, so white
    }
    Ok(f)
}

/// Sets a field as an assignment would, metamethods included; `table` is reachable.
pub fn set_field(l: &mut State, table: Gc<Table>, name: &[u8], value: Value) -> Result<(), Thrown> {
    let key = l.new_string(name)?;
    if table.metatable.get().is_some() {
        return meta::set_index(l, Value::table(table), Value::string(key), value);
    }
    match table.set_str(l.heap(), key, value) {
        Ok(()) => Ok(()),
        Err(e) => Err(l.table_error(e)),
    }
}

/// Puts each builtin into `table` under its name.
pub fn register(l: &mut State, table: Gc<Table>, builtins: &[Builtin]) -> Result<(), Thrown> {
    for &builtin in builtins {
        let f = new_builtin(l, builtin, &[])?;
        set_field(l, table, builtin.name.as_bytes(), Value::native_closure(f))?;
    }
    Ok(())
}

/// Why `find_table` found none.
pub enum FindError {
    /// This part of the path (and what follows it) begins at a field that is no table.
    Conflict(usize),
    Thrown(Thrown),
}

/// The table at a dotted path below `root`, made (with room for `size` fields) along with all
/// tables before it where there is none (`luaL_findtable`). Fields are read raw.
pub fn find_table(
    l: &mut State,
    root: Gc<Table>,
    path: &[u8],
    size: usize,
) -> Result<Gc<Table>, FindError> {
    let mut table = root;
    let mut begin = 0;
    loop {
        let end = path[begin..].iter().position(|&b| b == b'.').map_or(path.len(), |n| begin + n);
        let name = &path[begin..end];
        let key = l.new_string(name).map_err(FindError::Thrown)?;
        let found = table.get_str(key);
        table = match found.as_table() {
            Some(t) => t,
            None if !found.is_nil() => return Err(FindError::Conflict(begin)),
            None => {
                let room = if end == path.len() { size } else { 1 };
                let made = Table::with_capacity(l.heap(), 0, room)
                    .map_err(|e| FindError::Thrown(l.table_error(e)))?;
                l.push(Value::table(made)); // reachable, should a metamethod run
                let stored = set_field(l, table, name, Value::table(made));
                stored.map_err(FindError::Thrown)?;
                l.pop();
                made
            }
        };
        if end == path.len() {
            return Ok(table);
        }
        begin = end + 1;
    }
}

/// Makes or finds the table of library `name` in `package.loaded` and among the globals, puts the
/// builtins into it, and leaves it on the stack (`luaL_register` with a name).
pub fn open_library(
    l: &mut State,
    name: &str,
    builtins: &[Builtin],
) -> Result<Gc<Table>, Thrown> {
    let table = library_table(l, name.as_bytes(), builtins.len())?;
    l.push(Value::table(table));
    register(l, table, builtins)?;
    Ok(table)
}

/// The table of library `name`, found or made (`luaL_register`'s first half).
pub fn library_table(l: &mut State, name: &[u8], size: usize) -> Result<Gc<Table>, Thrown> {
    let registry = l.global().registry_table();
    let loaded = match find_table(l, registry, b"_LOADED", 1) {
        Ok(t) => t,
        Err(FindError::Thrown(thrown)) => return Err(thrown),
        Err(FindError::Conflict(_)) => return Err(name_conflict(l, b"_LOADED")),
    };
    let key = l.new_string(name)?;
    let present = if loaded.metatable.get().is_none() {
        loaded.get_str(key)
    } else {
        meta::index(l, Value::table(loaded), Value::string(key))?
    };
    if let Some(t) = present.as_table() {
        return Ok(t);
    }
    let globals = l.globals;
    match find_table(l, globals, name, size) {
        Ok(t) => {
            set_field(l, loaded, name, Value::table(t))?;
            Ok(t)
        }
        Err(FindError::Conflict(_)) => Err(name_conflict(l, name)),
        Err(FindError::Thrown(thrown)) => Err(thrown),
    }
}

#[cold]
fn name_conflict(l: &mut State, name: &[u8]) -> Thrown {
    l.library_error(&[b"name conflict for module '", name, b"'"])
}

//! `module` and `package.seeall`.
//!
//! `module`'s frame while its options are called: its arguments, `package.loaded`, and the module's table, twice.
//! It keeps the number of the last option called.

use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::runtime::args::until_nul;
use crate::runtime::register::{FindError, find_table, set_field};
use crate::runtime::userdata::{check_metatable_settable, set_metatable};
use crate::state::{NativeResult, Outcome, Resumed, State, Thrown};
use crate::vm::meta;

pub fn module(l: &mut State) -> NativeResult {
    let given = l.check_bytes(1)?;
    let name = until_nul(given.as_bytes());
    let loaded = super::require::loaded_table(l)?;
    l.push(loaded);
    let table = module_table(l, loaded, name)?;
    l.push(Value::table(table));
    let key = Value::string(l.new_string(b"_NAME")?);
    if meta::index(l, Value::table(table), key)?.is_nil() {
        describe(l, table, name)?;
    }
    set_callers_environment(l, table)?;
    l.push(Value::table(table)); // COMPAT: for debug.getlocal
    l.frame_mut().keep(1);
    next_option(l)
}

/// The table that `package.loaded` has for the name, or else the global one, made if need be.
fn module_table(l: &mut State, loaded: Value, name: &[u8]) -> Result<Gc<Table>, Thrown> {
    let key = Value::string(l.new_string(name)?);
    l.push(key);
    let present = meta::index(l, loaded, key)?;
    l.pop();
    if let Some(t) = present.as_table() {
        return Ok(t);
    }
    let globals = l.globals;
    match find_table(l, globals, name, 1) {
        Ok(t) => {
            l.push(Value::table(t));
            let key = Value::string(l.new_string(name)?);
            meta::set_index(l, loaded, key, Value::table(t))?;
            l.pop();
            Ok(t)
        }
        Err(FindError::Thrown(thrown)) => Err(thrown),
        Err(FindError::Conflict(_)) => {
            Err(l.library_error(&[b"name conflict for module '", name, b"'"]))
        }
    }
}

/// The fields every module has: itself, its name, and the name of the package it belongs to.
fn describe(l: &mut State, table: Gc<Table>, name: &[u8]) -> Result<(), Thrown> {
    set_field(l, table, b"_M", Value::table(table))?;
    let value = Value::string(l.new_string(name)?);
    set_field(l, table, b"_NAME", value)?;
    let package = name.iter().rposition(|&b| b == b'.').map_or(0, |dot| dot + 1);
    let value = Value::string(l.new_string(&name[..package])?);
    set_field(l, table, b"_PACKAGE", value)
}

fn set_callers_environment(l: &mut State, table: Gc<Table>) -> Result<(), Thrown> {
    let caller = match l.frame_at_level(1) {
        // COMPAT: a caller lost by a tail call is no error; nothing gets the environment.
        Some(None) => return Ok(()),
        Some(Some(index)) => l.frames()[index].function().as_lua_closure(),
        None => None,
    };
    let Some(f) = caller else {
        return Err(l.library_error(&[b"'module' not called from a Lua function"]));
    };
    f.env.set(table);
    l.heap().barrier_forward(f.header(), table.header());
    Ok(())
}

/// Calls the next option with the module.
fn next_option(l: &mut State) -> NativeResult {
    let last_argument = l.arg_count() - 3;
    let option = l.frame().kept() as usize + 1;
    if option > last_argument {
        return Ok(Outcome::Return(0));
    }
    l.frame_mut().keep(option as u64);
    let module = l.from_top(1);
    l.ensure_stack(2)?;
    l.push(l.arg(option));
    l.push(module);
    l.request_call(1, 0, |l: &mut State, _: Resumed| next_option(l))
}

/// `package.seeall(module)`: the globals are seen through it.
pub fn seeall(l: &mut State) -> NativeResult {
    let module = l.check_table(1)?;
    let metatable = match module.metatable.get() {
        Some(t) => t,
        None => {
            let t = super::new_table(l, 1)?;
            check_metatable_settable(l, Value::table(module))?;
            set_metatable(l, Value::table(module), Some(t));
            t
        }
    };
    let globals = Value::table(l.globals);
    set_field(l, metatable, b"__index", globals)?;
    Ok(Outcome::Return(0))
}

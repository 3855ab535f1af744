//! `getmetatable`, `setmetatable` and `newproxy`.

use crate::object::{Table, Value};
use crate::runtime::userdata::{check_metatable_settable, metafield, new_userdata, set_metatable};
use crate::state::{Known, NativeResult, Outcome, State};

pub fn getmetatable(l: &mut State) -> NativeResult {
    let value = l.check_any(1)?;
    let answer = match l.global().metatable_of(value) {
        None => Value::NIL,
        Some(metatable) => match metatable.get_str(l.global().known(Known::MetaMetatable)) {
            shown if !shown.is_nil() => shown,
            _ => Value::table(metatable),
        },
    };
    l.push(answer);
    Ok(Outcome::Return(1))
}

pub fn setmetatable(l: &mut State) -> NativeResult {
    let given = l.arg(2);
    let table = l.check_table(1)?;
    if !given.is_nil() && !given.is_table() {
        return Err(l.arg_error(2, b"nil or table expected"));
    }
    let table = Value::table(table);
    if !metafield(l, table, Known::MetaMetatable).is_nil() {
        return Err(l.library_error(&[b"cannot change a protected metatable"]));
    }
    check_metatable_settable(l, table)?;
    set_metatable(l, table, given.as_table());
    l.set_arg_count(1);
    Ok(Outcome::Return(1))
}

/// Without an argument, or false: a bare userdata. True: one with a metatable of its own. A proxy:
/// one that shares that proxy's metatable.
pub fn newproxy(l: &mut State) -> NativeResult {
    let given = l.arg(1);
    let proxy = Value::userdata(new_userdata(l, 0)?);
    l.push(proxy);
    if given.is_nil() || given.is_none() || given.is_falsy() {
        return Ok(Outcome::Return(1));
    }
    let made = l.frame().function().as_native_closure();
    let made = made.and_then(|f| f.upvalues().first().and_then(|slot| slot.get().as_table()));
    let metatable = if given.is_boolean() {
        let metatable = Table::new(l.heap())?;
        if let Some(made) = made
            && let Err(e) = made.set(l.heap(), Value::table(metatable), Value::TRUE)
        {
            return Err(l.table_error(e));
        }
        metatable
    } else {
        let theirs = l.global().metatable_of(given);
        match theirs.filter(|&t| made.is_some_and(|m| m.get(Value::table(t)).is_truthy())) {
            Some(metatable) => metatable,
            None => return Err(l.arg_error(1, b"boolean or proxy expected")),
        }
    };
    set_metatable(l, proxy, Some(metatable));
    Ok(Outcome::Return(1))
}

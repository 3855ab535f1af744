//! Metatables, environments and the registry, without the basic library's restrictions.

use crate::heap::Gc;
use crate::object::{Table, Type, Value};
use crate::runtime::userdata::{check_metatable_settable, set_metatable};
use crate::state::{NativeResult, Outcome, State};

pub fn getregistry(l: &mut State) -> NativeResult {
    let registry = l.global().registry_table();
    l.push(Value::table(registry));
    Ok(Outcome::Return(1))
}

pub fn getmetatable(l: &mut State) -> NativeResult {
    let value = l.check_any(1)?;
    let metatable = l.global().metatable_of(value);
    l.push(metatable.map_or(Value::NIL, Value::table));
    Ok(Outcome::Return(1))
}

/// `setmetatable(value, table or nil)`: true.
pub fn setmetatable(l: &mut State) -> NativeResult {
    let metatable = l.arg(2);
    if !metatable.is_nil() && !metatable.is_table() {
        return Err(l.arg_error(2, b"nil or table expected"));
    }
    check_metatable_settable(l, l.arg(1))?;
    set_metatable(l, l.arg(1), metatable.as_table());
    l.set_arg_count(1);
    l.push(Value::TRUE);
    Ok(Outcome::Return(1))
}

/// `getfenv(object)`: the environment of a function, userdata or thread; nil for others.
pub fn getfenv(l: &mut State) -> NativeResult {
    let object = l.check_any(1)?;
    let env = environment(object);
    l.push(env.map_or(Value::NIL, Value::table));
    Ok(Outcome::Return(1))
}

fn environment(object: Value) -> Option<Gc<Table>> {
    if let Some(f) = object.as_lua_closure() {
        return Some(f.env.get());
    }
    if let Some(f) = object.as_native_closure() {
        return Some(f.env.get());
    }
    if let Some(u) = object.as_userdata() {
        return Some(u.env.get());
    }
    object.as_thread().map(|thread| thread.cast::<State>().globals)
}

/// `setfenv(object, table)`: the object.
pub fn setfenv(l: &mut State) -> NativeResult {
    l.check_type(2, Type::Table)?;
    let env = l.check_table(2)?;
    l.set_arg_count(2);
    let object = l.arg(1);
    if let Some(f) = object.as_lua_closure() {
        f.env.set(env);
    } else if let Some(f) = object.as_native_closure() {
        f.env.set(env);
    } else if let Some(u) = object.as_userdata() {
        u.env.set(env);
    } else if let Some(thread) = object.as_thread() {
        set_globals(l, thread.cast(), env);
    } else {
        return Err(l.library_error(&[b"'setfenv' cannot change environment of given object"]));
    }
    if let Some(parent) = object.as_object() {
        l.heap().barrier_forward(parent, env.header());
    }
    l.set_arg_count(1);
    Ok(Outcome::Return(1))
}

fn set_globals(l: &mut State, thread: Gc<State>, env: Gc<Table>) {
    if thread.same(l.handle()) {
        l.globals = env;
    } else {
        // SAFETY: ALIAS: another thread than the running one, of which nobody holds a reference.
        unsafe { (*thread.as_ptr()).globals = env };
    }
}

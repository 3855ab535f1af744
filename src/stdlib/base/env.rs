//! `getfenv` and `setfenv`.

use crate::base::chunk_id::Digits;
use crate::heap::Gc;
use crate::object::{LuaClosure, Value};
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::meta;

/// The function meant by the first argument: itself, or the one at that level of the call stack.
fn function_meant(l: &mut State, default: Option<i32>) -> Result<Value, Thrown> {
    let given = l.arg(1);
    if given.is_function() {
        return Ok(given);
    }
    let level = match default {
        Some(default) => l.opt_int(1, default)?,
        None => l.check_int(1)?,
    };
    if level < 0 {
        return Err(l.arg_error(1, b"level must be non-negative"));
    }
    match l.frame_at_level(level as usize) {
        None => Err(l.arg_error(1, b"invalid level")),
        Some(Some(index)) => Ok(l.frames()[index].function()),
        Some(None) => {
            let mut digits = Digits::new();
            let level = digits.of(level as i64);
            Err(l.library_error(&[b"no function environment for tail call at level ", level]))
        }
    }
}

pub fn getfenv(l: &mut State) -> NativeResult {
    let function = function_meant(l, Some(1))?;
    let env = match function.as_lua_closure() {
        Some(f) => f.env.get(),
        None => l.globals,
    };
    l.push(Value::table(env));
    Ok(Outcome::Return(1))
}

pub fn setfenv(l: &mut State) -> NativeResult {
    let env = l.check_table(2)?;
    let function = function_meant(l, None)?;
    if meta::to_number(l.arg(1)) == Some(0.0) {
        l.globals = env;
        l.heap().barrier_back(l.handle().header(), env.header());
        return Ok(Outcome::Return(0));
    }
    let Some(f) = function.as_lua_closure() else {
        return Err(l.library_error(&[b"'setfenv' cannot change environment of given object"]));
    };
    set_environment(l, f, env);
    l.push(function);
    Ok(Outcome::Return(1))
}

fn set_environment(l: &State, f: Gc<LuaClosure>, env: Gc<crate::object::Table>) {
    f.env.set(env);
    l.heap().barrier_forward(f.header(), env.header());
}

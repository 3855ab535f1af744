//! `next`, `pairs` and `ipairs`.

use crate::object::Value;
use crate::state::{NativeResult, Outcome, State};

pub fn next(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let key = l.arg(2);
    let key = if key.is_none() { Value::NIL } else { key };
    l.spend_text(key);
    let (next, places) = table.next_counted(key);
    l.global().spend_bytes(places * 4);
    // COMPAT: the key gives way to the next one, where hooks and message handlers look.
    l.set_arg_count(2);
    match next {
        Ok(Some((key, value))) => {
            l.set_arg(2, key);
            l.push(value);
            Ok(Outcome::Return(2))
        }
        Ok(None) => {
            l.set_arg(2, Value::NIL);
            Ok(Outcome::Return(1))
        }
        Err(_) => Err(l.runtime_error(&[b"invalid key to 'next'"])),
    }
}

/// The iterator function is the running function's first upvalue.
fn push_iterator(l: &mut State) {
    let iterator = l.frame().function().as_native_closure();
    let iterator = iterator.and_then(|f| f.upvalues().first().map(|slot| slot.get()));
    l.push(iterator.unwrap_or(Value::NIL));
}

pub fn pairs(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    push_iterator(l);
    l.push(Value::table(table));
    l.push(Value::NIL);
    Ok(Outcome::Return(3))
}

pub fn ipairs(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    push_iterator(l);
    l.push(Value::table(table));
    l.push(Value::number(0.0));
    Ok(Outcome::Return(3))
}

/// What `ipairs` returns: `(table, i)` to `i + 1` and the value there, until that is nil.
pub fn ipairs_step(l: &mut State) -> NativeResult {
    let i = l.check_int(2)?.wrapping_add(1);
    let table = l.check_table(1)?;
    let value = table.get_int(i);
    if value.is_nil() {
        return Ok(Outcome::Return(0));
    }
    l.push(Value::number(i as f64));
    l.push(value);
    Ok(Outcome::Return(2))
}

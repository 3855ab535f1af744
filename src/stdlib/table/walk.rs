//! `table.foreach`, `table.foreachi` and `table.maxn`.

use crate::object::Value;
use crate::state::{NativeResult, Outcome, Resumed, State};

use super::size_of;

pub fn foreach(l: &mut State) -> NativeResult {
    l.check_table(1)?;
    l.check_function(2)?;
    l.set_arg_count(2);
    l.push(Value::NIL); // slot 3: the key before the next
    next_pair(l)
}

fn next_pair(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    l.spend_text(l.arg(3));
    let (next, places) = table.next_counted(l.arg(3));
    l.global().spend_bytes(places * 4);
    match next {
        Err(_) => Err(l.runtime_error(&[b"invalid key to 'next'"])),
        Ok(None) => Ok(Outcome::Return(0)),
        Ok(Some((key, value))) => {
            l.set_arg(3, key);
            l.push(l.arg(2));
            l.push(key);
            l.push(value);
            l.request_call(2, 1, go_on_by_key)
        }
    }
}

fn go_on_by_key(l: &mut State, _: Resumed) -> NativeResult {
    go_on(l, next_pair)
}

/// Ends with the callback's result, unless that is nil.
fn go_on(l: &mut State, next: fn(&mut State) -> NativeResult) -> NativeResult {
    if !l.from_top(1).is_nil() {
        return Ok(Outcome::Return(1));
    }
    l.pop();
    next(l)
}

pub fn foreachi(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let n = size_of(l, table);
    l.check_function(2)?;
    l.set_arg_count(2);
    l.push(Value::number(n as f64)); // slot 3: where to end
    l.push(Value::number(0.0)); // slot 4: the index before the next
    next_index(l)
}

fn next_index(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let i = l.arg(4).as_f64() + 1.0;
    if i > l.arg(3).as_f64() {
        return Ok(Outcome::Return(0));
    }
    l.set_arg(4, Value::number(i));
    l.push(l.arg(2));
    l.push(Value::number(i));
    l.push(table.get_int(i as i32));
    l.request_call(2, 1, go_on_by_index)
}

fn go_on_by_index(l: &mut State, _: Resumed) -> NativeResult {
    go_on(l, next_index)
}

pub fn maxn(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let mut max = 0.0;
    let mut key = Value::NIL;
    // The table does not change meanwhile: no key can be invalid.
    loop {
        let (found, places) = table.next_counted(key);
        l.charge(places.div_ceil(4))?;
        let Ok(Some((next, _))) = found else { break };
        key = next;
        if let Some(n) = key.as_number()
            && n > max
        {
            max = n;
        }
    }
    l.push(Value::number(max));
    Ok(Outcome::Return(1))
}

//! `table.foreach`, `table.foreachi` and `table.maxn`.

use crate::object::Value;
use crate::state::{NativeResult, Outcome, Resumed, State};

use super::size_of;

/// The frame: the arguments; the key before the next, or the last one and its value.
pub fn foreach(l: &mut State) -> NativeResult {
    l.check_table(1)?;
    l.check_function(2)?;
    l.push(Value::NIL);
    next_pair(l)
}

fn next_pair(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let before = l.from_top(1);
    l.spend_text(before);
    let (next, places) = table.next_counted(before);
    l.global().spend_bytes(places * 4);
    match next {
        Err(_) => Err(l.runtime_error(&[b"invalid key to 'next'"])),
        Ok(None) => {
            l.pop();
            Ok(Outcome::Return(0))
        }
        Ok(Some((key, value))) => {
            let place = l.arg_count();
            l.set_arg(place, key);
            l.push(value);
            l.push(l.arg(2));
            l.push(key);
            l.push(value);
            l.request_call(2, 1, go_on_by_key)
        }
    }
}

fn go_on_by_key(l: &mut State, _: Resumed) -> NativeResult {
    if !l.from_top(1).is_nil() {
        return Ok(Outcome::Return(1));
    }
    l.pop();
    l.pop(); // the value
    next_pair(l)
}

/// The frame: the arguments. It keeps where to end, above, and the index before the next.
pub fn foreachi(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let n = size_of(l, table);
    l.check_function(2)?;
    l.frame_mut().keep((n.max(0) as u64) << 32);
    next_index(l)
}

fn next_index(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let kept = l.frame().kept();
    let i = kept as u32;
    if i == (kept >> 32) as u32 {
        return Ok(Outcome::Return(0));
    }
    let i = i + 1;
    l.frame_mut().keep(kept + 1);
    l.push(l.arg(2));
    l.push(Value::number(i as f64));
    l.push(table.get_int(i as i32));
    l.request_call(2, 1, go_on_by_index)
}

fn go_on_by_index(l: &mut State, _: Resumed) -> NativeResult {
    if !l.from_top(1).is_nil() {
        return Ok(Outcome::Return(1));
    }
    l.pop();
    next_index(l)
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

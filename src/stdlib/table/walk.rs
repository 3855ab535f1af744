//! `table.foreach`, `table.foreachi` and `table.maxn`.

use crate::object::Value;
use crate::state::{NativeResult, Outcome, Resumed, State};

use super::size_of;

/// The frame: the arguments; the key before the next, or the last one and its value. It keeps where that was in the table.
pub fn foreach(l: &mut State) -> NativeResult {
    l.check_table(1)?;
    l.check_function(2)?;
    l.push(Value::NIL);
    l.frame_mut().keep(0);
    l.ask_on();
    next_pair(l)
}

fn next_pair(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let before = l.from_top(1);
    l.spend_text(before);
    let place = l.frame().kept() as u32;
    match table.next_from(before, place) {
        Err(_) => Err(l.runtime_error(&[b"invalid key to 'next'"])),
        Ok(None) => {
            l.global().spend_bytes(table.places().saturating_sub(place as usize) * 4);
            l.pop();
            Ok(Outcome::Return(0))
        }
        Ok(Some((key, value, at))) => {
            l.global().spend_bytes((at + 1).saturating_sub(place) as usize * 4);
            l.frame_mut().keep(at as u64);
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
    l.ask_on();
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
    let (mut key, mut place) = (Value::NIL, 0);
    let slots = table.array_slots();
    if !table.is_veiled() && !slots.is_empty() {
        // PERF: of the list only its end counts.
        let end = slots.iter().rposition(|slot| !slot.get().is_nil()).map_or(0, |at| at + 1);
        l.charge((slots.len() - end) / 16)?;
        max = end as f64;
        (key, place) = (Value::number(slots.len() as f64), slots.len() as u32 - 1);
    }
    // The table does not change meanwhile: no key can be invalid.
    while let Ok(Some((next, _, at))) = table.next_from(key, place) {
        l.charge((at.saturating_sub(place) as usize).div_ceil(4))?;
        (key, place) = (next, at);
        if let Some(n) = key.as_number()
            && n > max
        {
            max = n;
        }
    }
    l.charge(table.places().saturating_sub(place as usize).div_ceil(4))?;
    l.push(Value::number(max));
    Ok(Outcome::Return(1))
}

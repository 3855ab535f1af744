//! `table.insert` and `table.remove`.

use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::state::{NativeResult, Outcome, State, Thrown};

use super::{check_writable, set_at, size_of};

const BYTES_PER_VALUE: usize = core::mem::size_of::<Value>();

pub fn insert(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let end = size_of(l, table).wrapping_add(1); // the first empty place
    let (place, value) = match l.arg_count() {
        2 => (end, l.arg(2)),
        3 => (l.check_int(2)?, l.arg(3)),
        _ => return Err(l.library_error(&[b"wrong number of arguments to 'insert'"])),
    };
    let moved = end.max(place) as i64 - place as i64;
    l.global().spend_bytes(moved as usize * BYTES_PER_VALUE);
    check_writable(l, table)?;
    move_up(l, table, place, end.max(place))?;
    set_at(l, table, place, value)?;
    l.pop();
    Ok(Outcome::Return(0))
}

/// Moves the values at `from..to` up by one.
fn move_up(l: &mut State, table: Gc<Table>, from: i32, to: i32) -> Result<(), Thrown> {
    let mut at = to;
    if at > from {
        // The topmost first: it may need a new place in the table.
        set_at(l, table, at, table.get_int(at - 1))?;
        at -= 1;
    }
    if from >= 1 && at as i64 <= table.array_len() as i64 {
        // NOBARRIER: the values are in this table already, and its traversal is told.
        table.values_move(l.heap());
        let slots = table.array_slots();
        while at > from {
            slots[at as usize - 1].set(slots[at as usize - 2].get());
            at -= 1;
        }
    }
    while at > from {
        l.charge(1)?; // a place far below 1 makes this long
        set_at(l, table, at, table.get_int(at - 1))?;
        at -= 1;
    }
    Ok(())
}

pub fn remove(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let end = size_of(l, table);
    let place = l.opt_int(2, end)?;
    if !(1 <= place && place <= end) {
        return Ok(Outcome::Return(0));
    }
    check_writable(l, table)?;
    l.global().spend_bytes((end - place) as usize * BYTES_PER_VALUE);
    l.push(table.get_int(place));
    move_down(l, table, place, end)?;
    set_at(l, table, end, Value::NIL)?;
    Ok(Outcome::Return(1))
}

/// Moves the values at `from + 1..=to` down by one; `from >= 1`.
fn move_down(l: &mut State, table: Gc<Table>, from: i32, to: i32) -> Result<(), Thrown> {
    let mut at = from;
    if to as usize <= table.array_len() {
        // NOBARRIER: the values are in this table already, and its traversal is told.
        table.values_move(l.heap());
        let slots = table.array_slots();
        while at < to {
            slots[at as usize - 1].set(slots[at as usize].get());
            at += 1;
        }
    }
    while at < to {
        l.charge(1)?; // the border of a table with large holes may be far away
        set_at(l, table, at, table.get_int(at + 1))?;
        at += 1;
    }
    Ok(())
}

//! `table.concat`.

use crate::base::chunk_id::Digits;
use crate::base::number::{NUMBER_BUFFER, format_number};
use crate::heap::{Buffer, Gc, OutOfMemory};
use crate::object::{Str, Table, Value};
use crate::state::{NativeResult, Outcome, State, Thrown};

use super::size_of;

/// Room for a few bytes of each field is taken at once.
const BYTES_PER_FIELD: usize = 8;
const EXPECTED_FIELDS: u32 = 512;

pub fn concat(l: &mut State) -> NativeResult {
    let separator = l.opt_bytes(2)?;
    let table = l.check_table(1)?;
    let first = l.opt_int(3, 1)?;
    let last = if l.is_none_or_nil(4) { size_of(l, table) } else { l.check_int(4)? };
    let mut text = Buffer::new(l.heap());
    if first <= last {
        let separator = separator.as_deref().filter(|s| !s.is_empty());
        text.reserve(last.abs_diff(first).min(EXPECTED_FIELDS) as usize * BYTES_PER_FIELD)?;
        for i in first..last {
            l.charge(1)?;
            add_field(l, table, i, &mut text)?;
            if let Some(separator) = separator {
                add_string(separator, &mut text)?;
            }
        }
        add_field(l, table, last, &mut text)?;
    }
    l.global().spend_bytes(text.len());
    l.push_bytes(&text)?;
    Ok(Outcome::Return(1))
}

#[inline]
fn add_field(
    l: &mut State,
    table: Gc<Table>,
    i: i32,
    text: &mut Buffer<'_, u8>,
) -> Result<(), Thrown> {
    let value = table.get_int(i);
    if let Some(s) = value.as_string() {
        return Ok(add_string(&s, text)?);
    }
    add_number(l, value, i, text)
}

#[inline(always)]
fn add_string(s: &Str, text: &mut Buffer<'_, u8>) -> Result<(), OutOfMemory> {
    match s.short_words() {
        Some(words) => text.extend_words(words, s.len()),
        None => text.extend(s.as_bytes()),
    }
}

/// A number's text, or an error.
#[inline(never)]
fn add_number(l: &mut State, value: Value, i: i32, text: &mut Buffer<'_, u8>) -> Result<(), Thrown> {
    if let Some(n) = value.as_number() {
        let mut digits = [0; NUMBER_BUFFER];
        let len = format_number(n, &mut digits);
        return Ok(text.extend(&digits[..len])?);
    }
    let mut digits = Digits::new();
    let name = value.type_of().name().as_bytes();
    let place = digits.of(i as i64);
    l.push(value); // COMPAT: a message handler finds it on the stack
    Err(l.library_error(&[
        b"invalid value (",
        name,
        b") at index ",
        place,
        b" in table for 'concat'",
    ]))
}

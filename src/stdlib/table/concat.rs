//! `table.concat`.

use crate::base::chunk_id::Digits;
use crate::base::number::{NUMBER_BUFFER, format_number};
use crate::heap::{Buffer, Gc};
use crate::object::Table;
use crate::state::{NativeResult, Outcome, State, Thrown};

use super::size_of;

pub fn concat(l: &mut State) -> NativeResult {
    let separator = l.opt_bytes(2)?;
    let table = l.check_table(1)?;
    let first = l.opt_int(3, 1)?;
    let last = if l.is_none_or_nil(4) { size_of(table) } else { l.check_int(4)? };
    let mut text = Buffer::new(l.heap());
    if first <= last {
        let separator = separator.as_ref().map_or(&[][..], |s| s.as_bytes());
        for i in first..last {
            l.charge(1)?;
            add_field(l, table, i, &mut text)?;
            text.extend(separator)?;
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
        return Ok(text.extend(s.as_bytes())?);
    }
    if let Some(n) = value.as_number() {
        let mut digits = [0; NUMBER_BUFFER];
        let len = format_number(n, &mut digits);
        return Ok(text.extend(&digits[..len])?);
    }
    let mut digits = Digits::new();
    let name = value.type_of().name().as_bytes();
    let place = digits.of(i as i64);
    Err(l.library_error(&[
        b"invalid value (",
        name,
        b") at index ",
        place,
        b" in table for 'concat'",
    ]))
}

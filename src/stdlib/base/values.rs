//! Functions on plain values: `type`, `tonumber`, `select`, `unpack`, and the raw accesses.

use core::ffi::c_char;

use crate::base::ctype::Classes;
use crate::base::number::parse_number;
use crate::object::Value;
use crate::state::{NativeResult, Outcome, State};

pub fn type_name(l: &mut State) -> NativeResult {
    let of = l.check_any(1)?.type_of();
    l.push(Value::string(l.global().type_name(of)));
    Ok(Outcome::Return(1))
}

pub fn rawequal(l: &mut State) -> NativeResult {
    l.check_any(1)?;
    l.check_any(2)?;
    l.spend_text(l.arg(1));
    l.push(Value::boolean(l.arg(1).raw_equals(l.arg(2))));
    Ok(Outcome::Return(1))
}

pub fn rawget(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let key = l.check_any(2)?;
    l.spend_text(key);
    l.set_arg_count(2);
    l.set_arg(2, table.get(key));
    Ok(Outcome::Return(1))
}

pub fn rawset(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let key = l.check_any(2)?;
    let value = l.check_any(3)?;
    l.spend_text(key);
    if let Err(e) = table.set(l.heap(), key, value) {
        return Err(l.table_error(e));
    }
    l.set_arg_count(1);
    Ok(Outcome::Return(1))
}

pub fn tonumber(l: &mut State) -> NativeResult {
    let base = l.opt_int(2, 10)?;
    l.spend_text(l.arg(1));
    let number = if base == 10 {
        let value = l.check_any(1)?;
        value.as_number().or_else(|| parse_number(value.as_string()?.as_bytes()))
    } else {
        let text = l.check_bytes(1)?;
        if !(2..=36).contains(&base) {
            return Err(l.arg_error(2, b"base out of range"));
        }
        match digits_in_base(text.as_bytes(), base as u32) {
            None => number_in_base(text.terminated(l.heap())?, base),
            number => number,
        }
    };
    l.push(number.map_or(Value::NIL, Value::number));
    Ok(Outcome::Return(1))
}

/// So many digits of any base make a number that fits 64 bits.
const DIGITS: usize = 12;

/// A number of a few digits and nothing else.
fn digits_in_base(text: &[u8], base: u32) -> Option<f64> {
    if !(1..=DIGITS).contains(&text.len()) {
        return None;
    }
    let mut number = 0u64;
    for &byte in text {
        number = number * base as u64 + (byte as char).to_digit(base)? as u64;
    }
    Some(number as f64)
}

/// COMPAT: C's `strtoul` with its own ideas of signs (`"-1"` is 2^64 - 1), of the prefix 0x and of
/// overflow; only spaces may follow. The text ends with a NUL.
fn number_in_base(text: &[u8], base: i32) -> Option<f64> {
    debug_assert!(text.ends_with(&[0]));
    let start = text.as_ptr().cast::<c_char>();
    let mut end: *mut c_char = core::ptr::null_mut();
    // SAFETY: the text is a C string, `end` a place for a pointer into it.
    let number = unsafe { libc::strtoul(start, &mut end, base) };
    let used = end.addr() - start.addr();
    if used == 0 {
        return None;
    }
    let space = Classes::current();
    let rest = text[used..].iter().find(|&&b| !space.is_space(b));
    (rest == Some(&0)).then_some(number as f64)
}

pub fn select(l: &mut State) -> NativeResult {
    let n = l.arg_count() as i32;
    if let Some(s) = l.arg(1).as_string()
        && s.as_bytes().first() == Some(&b'#')
    {
        l.push(Value::number((n - 1) as f64));
        return Ok(Outcome::Return(1));
    }
    let mut i = l.check_int(1)?;
    if i < 0 {
        i = n.wrapping_add(i);
    } else if i > n {
        i = n;
    }
    if i < 1 {
        return Err(l.arg_error(1, b"index out of range"));
    }
    Ok(Outcome::Return((n - i) as u32))
}

pub fn unpack(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let first = l.opt_int(2, 1)? as i64;
    let last = match l.is_none_or_nil(3) {
        true => table.length(l.heap()) as i32 as i64,
        false => l.check_int(3)? as i64,
    };
    if first > last {
        return Ok(Outcome::Return(0));
    }
    let n = (last - first + 1) as usize;
    if !l.may_hold(n) {
        return Err(l.library_error(&[b"too many results to unpack"]));
    }
    l.ensure_stack(n)?;
    for i in first..=last {
        l.push(table.get_int(i as i32));
    }
    Ok(Outcome::Return(n as u32))
}

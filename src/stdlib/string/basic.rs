//! The functions that take strings apart and put them together without patterns, and `dump`.
//!
//! Not here: formats.

use super::text::{Text, build};
use crate::base::ctype::CaseMap;
use crate::heap::{Buffer, Gc};
use crate::object::{Str, Value};
use crate::runtime::load;
use crate::state::{NativeResult, Outcome, State, Thrown};

/// The longest string that `string.rep` makes.
///
/// COMPAT: the reference takes the count as a C int and wraps; a count it would wrap is an error here.
const MAX_REPEATED: u64 = i32::MAX as u64;

/// A position counted from the end is made one from the beginning; before the first byte: 0.
#[inline]
pub(super) fn from_start(position: i64, len: usize) -> i64 {
    match position {
        0.. => position,
        _ => position.saturating_add(len as i64 + 1).max(0),
    }
}

/// A string of fewer bytes is put together in a register, the first one least significant. PERF: what was stored byte by byte is not to
/// be read as a word for a while.
const WORD: usize = 8;

/// Such a string as the only result.
#[inline]
fn short_result(l: &mut State, word: u64, len: usize) -> NativeResult {
    let made = l.global().strings.make_word(l.heap(), word, len)?;
    result(l, made)
}

#[inline]
fn result(l: &mut State, s: Gc<Str>) -> NativeResult {
    l.push(Value::string(s));
    Ok(Outcome::Return(1))
}

pub fn len(l: &mut State) -> NativeResult {
    let s = l.check_bytes(1)?;
    l.push(Value::number(s.len() as f64));
    Ok(Outcome::Return(1))
}

pub fn sub(l: &mut State) -> NativeResult {
    let s = l.check_bytes(1)?;
    let first = from_start(l.check_integer(2)?, s.len()).max(1);
    let last = from_start(l.opt_integer(3, -1)?, s.len()).min(s.len() as i64);
    if first > last {
        l.push_bytes(b"")?;
        return Ok(Outcome::Return(1));
    }
    if first == 1 && last == s.len() as i64 {
        return result(l, s);
    }
    let part = &s.as_bytes()[first as usize - 1..last as usize];
    l.global().spend_bytes(part.len());
    l.push_bytes(part)?;
    Ok(Outcome::Return(1))
}

pub fn byte(l: &mut State) -> NativeResult {
    let s = l.check_bytes(1)?;
    let first = from_start(l.opt_integer(2, 1)?, s.len());
    let last = from_start(l.opt_integer(3, first)?, s.len()).min(s.len() as i64);
    let first = first.max(1);
    if first > last {
        return Ok(Outcome::Return(0));
    }
    let bytes = &s.as_bytes()[first as usize - 1..last as usize];
    l.global().spend_bytes(size_of_val(bytes) * size_of::<Value>());
    if bytes.len() > 1 {
        if bytes.len() > i32::MAX as usize {
            return Err(l.library_error(&[b"string slice too long"]));
        }
        l.check_stack(bytes.len(), b"string slice too long")?;
    }
    for &byte in bytes {
        l.push(Value::number(byte as f64));
    }
    Ok(Outcome::Return(bytes.len() as u32))
}

pub fn char(l: &mut State) -> NativeResult {
    let count = l.arg_count();
    if count == 1 {
        let byte = check_byte(l, 1)?;
        l.push_bytes(&[byte])?;
        return Ok(Outcome::Return(1));
    }
    if count < WORD {
        let mut word = 0;
        for at in 0..count {
            word |= (check_byte(l, at + 1)? as u64) << (8 * at);
        }
        return short_result(l, word, count);
    }
    let mut few = [0; FEW];
    if let Some(bytes) = few.get_mut(..count) {
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = check_byte(l, at + 1)?;
        }
        l.push_bytes(bytes)?;
        return Ok(Outcome::Return(1));
    }
    let mut text = Text::new(l.heap());
    for i in 1..=count {
        text.push(check_byte(l, i)?)?;
    }
    text.push_result(l)
}

/// So many bytes are passed to `char` at most, usually.
const FEW: usize = 16;

#[inline(always)]
fn check_byte(l: &mut State, i: usize) -> Result<u8, Thrown> {
    if let Some(n) = l.arg(i).as_number()
        && (0.0..256.0).contains(&n)
    {
        // SAFETY: it is in the range of that.
        let byte = unsafe { n.to_int_unchecked::<i32>() };
        if byte as f64 == n {
            return Ok(byte as u8);
        }
    }
    check_any_byte(l, i)
}

#[cold]
#[inline(never)]
fn check_any_byte(l: &mut State, i: usize) -> Result<u8, Thrown> {
    match u8::try_from(l.check_int(i)?) {
        Ok(byte) => Ok(byte),
        Err(_) => Err(l.arg_error(i, b"invalid value")),
    }
}

pub fn rep(l: &mut State) -> NativeResult {
    let s = l.check_bytes(1)?;
    let count = l.check_integer(2)?.max(0) as u64;
    let len = (s.len() as u64).saturating_mul(count);
    if len > MAX_REPEATED {
        return Err(l.library_error(&[b"resulting string too large"]));
    }
    if count == 1 {
        return result(l, s);
    }
    if len < WORD as u64 && (1..WORD).contains(&s.len()) {
        let mut word = s.first_word();
        for at in (s.len()..len as usize).step_by(s.len()) {
            word |= s.first_word() << (8 * at);
        }
        return short_result(l, word, len as usize);
    }
    let made = build(l, len as usize, |to| to.repeat(s.as_bytes()))?;
    result(l, made)
}

pub fn reverse(l: &mut State) -> NativeResult {
    let s = l.check_bytes(1)?;
    if s.len() < WORD {
        let word = s.first_word().swap_bytes().checked_shr(64 - 8 * s.len() as u32).unwrap_or(0);
        return short_result(l, word, s.len());
    }
    let made = build(l, s.len(), |to| to.put_each(s.as_bytes().iter().rev().copied()))?;
    result(l, made)
}

pub fn lower(l: &mut State) -> NativeResult {
    map_case(l, CaseMap::lower())
}

pub fn upper(l: &mut State) -> NativeResult {
    map_case(l, CaseMap::upper())
}

#[inline]
fn map_case(l: &mut State, map: CaseMap) -> NativeResult {
    let s = l.check_bytes(1)?;
    if s.len() < WORD {
        let word = mapped(s.first_word(), s.len(), map);
        return short_result(l, word, s.len());
    }
    let made = build(l, s.len(), |to| to.put_each(s.as_bytes().iter().map(|&b| map.of(b))))?;
    result(l, made)
}

/// The first `len` bytes of a word, mapped.
#[inline]
fn mapped(word: u64, len: usize, map: CaseMap) -> u64 {
    (0..len).fold(0, |made, at| made | (map.of((word >> (8 * at)) as u8) as u64) << (8 * at))
}

/// What a dumped function is expected to take at least, in bytes.
const SMALL_CHUNK: usize = 1024;

pub fn dump(l: &mut State) -> NativeResult {
    let function = l.check_function(1)?;
    l.set_arg_count(1);
    let Some(function) = function.as_lua_closure() else {
        return Err(l.library_error(&[b"unable to dump given function"]));
    };
    let mut chunk = Buffer::with_capacity(l.heap(), SMALL_CHUNK)?;
    load::dump(function, false, &mut |bytes| chunk.extend(bytes))?;
    l.global().spend_bytes(chunk.len());
    let text = l.new_string(&chunk)?;
    load::note_chunk(l, text, function);
    result(l, text)
}

//! The matches that `gsub` has replaced, and the result that is made of them.
//!
//! PERF: the first few are kept as they are, in the frame: most calls have no more. When there are more, the result is made as
//! far as it is known, in a userdata that nobody sees.
//!
//! Not here: what asks for replacements (`calls`).

use crate::base::filled::Filled;
use crate::heap::Gc;
use crate::object::{Str, Userdata, Value};
use crate::runtime::userdata::new_userdata;
use crate::state::{State, Thrown};

use super::super::text::build;
use super::slot::{self, first_replacement, index, index_of, number_in, own, texts};

/// How many are kept in the frame: triples of start, end and the string that replaces it.
pub const IN_FRAME: usize = 8;
/// Bytes that a result has room for at once, unless its subject is shorter, and some more.
const ROOM: usize = 1 << 10;
const SOME: usize = 64;

/// Adds a replaced match: in the frame, in place of the answer, which has been dropped.
pub fn remember(l: &mut State, start: usize, end: usize, with: Gc<Str>) -> Result<(), Thrown> {
    let replaced = number_in(l, slot::REPLACED);
    if replaced == IN_FRAME {
        return append(l, start, end, with);
    }
    l.ensure_stack(3)?;
    l.push(index(start));
    l.push(index(end));
    l.push(Value::string(with));
    l.set_arg(slot::REPLACED, index(replaced + 1));
    if replaced + 1 == IN_FRAME { pour(l) } else { Ok(()) }
}

/// Begins the result, with what is in the frame.
#[cold]
#[inline(never)]
fn pour(l: &mut State) -> Result<(), Thrown> {
    let first = first_replacement(l);
    for i in 0..IN_FRAME {
        let [start, end, with] = [1, 2, 3].map(|part| own(l, first + 3 * i + part));
        if let Some(with) = with.as_string() {
            append(l, index_of(start), index_of(end), with)?;
        }
    }
    Ok(())
}

/// Adds what is between the match and the one before it, and what replaces it, to the result.
#[inline]
fn append(l: &mut State, start: usize, end: usize, with: Gc<Str>) -> Result<(), Thrown> {
    let (subject, _) = texts(l);
    let between = &subject.as_bytes()[number_in(l, slot::TAKEN)..start];
    let made = number_in(l, slot::MADE);
    let len = made.saturating_add(between.len()).saturating_add(with.len());
    let room = match own(l, slot::RESULT).as_userdata() {
        Some(room) if len <= room.len => room,
        _ => grow(l, made, len)?,
    };
    debug_assert!(len <= room.len);
    // SAFETY: the userdata, which is ours alone, has room for `len` bytes, of which the first `made` are written.
    unsafe {
        let to = room.data().add(made);
        put(to, between);
        put(to.add(between.len()), with.as_bytes());
    }
    l.set_arg(slot::MADE, index(len));
    l.set_arg(slot::TAKEN, index(end));
    Ok(())
}

/// PERF: most pieces are so short that a call of memcpy takes longer.
///
/// # Safety
/// There is room for the bytes at `to`, outside them.
#[inline(always)]
unsafe fn put(to: *mut u8, bytes: &[u8]) {
    match bytes {
        [] => {}
        // SAFETY: the caller's.
        [byte] => unsafe { to.write(*byte) },
        // SAFETY: the caller's.
        _ => unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) },
    }
}

/// Room for `len` bytes and more, with those that are made.
#[cold]
#[inline(never)]
fn grow(l: &mut State, made: usize, len: usize) -> Result<Gc<Userdata>, Thrown> {
    l.global().spend_bytes(made);
    let subject = texts(l).0.len();
    let room = new_userdata(l, len.saturating_mul(2).max(subject.min(ROOM) + SOME))?;
    if let Some(old) = own(l, slot::RESULT).as_userdata() {
        // SAFETY: so many bytes are written in the old one, and fit the new one.
        unsafe { room.data().copy_from_nonoverlapping(old.data(), made) };
    }
    l.set_arg(slot::RESULT, Value::userdata(room));
    Ok(room)
}

/// The subject with its matches replaced.
pub fn result(l: &mut State) -> Result<Gc<Str>, Thrown> {
    let (subject, _) = texts(l);
    let replaced = number_in(l, slot::REPLACED);
    if let Some(room) = own(l, slot::RESULT).as_userdata() {
        // SAFETY: so many bytes are written; the userdata is in its slot until the result is made, and nobody writes to it.
        let made = unsafe { core::slice::from_raw_parts(room.data(), number_in(l, slot::MADE)) };
        let rest = &subject.as_bytes()[number_in(l, slot::TAKEN)..];
        return build(l, made.len().saturating_add(rest.len()), |to| {
            to.put(made);
            to.put(rest);
        });
    }
    if replaced == 0 {
        return Ok(subject);
    }
    let first = first_replacement(l);
    let mut triples = Filled::<_, IN_FRAME>::new();
    for i in 0..replaced {
        triples.push([1, 2, 3].map(|part| own(l, first + 3 * i + part)));
    }
    let mut len = 0usize;
    each_piece(&triples, subject.as_bytes(), |piece| len = len.saturating_add(piece.len()));
    build(l, len, |to| each_piece(&triples, subject.as_bytes(), |piece| to.put(piece)))
}

/// The pieces of the result: what lies between replaced matches, and what replaces them.
#[inline]
fn each_piece(triples: &[[Value; 3]], subject: &[u8], mut take: impl FnMut(&[u8])) {
    let mut done = 0;
    for &[start, end, with] in triples {
        let (start, end) = (index_of(start), index_of(end));
        take(&subject[done..start]);
        if let Some(with) = with.as_string() {
            take(with.as_bytes());
        }
        done = end;
    }
    take(&subject[done..]);
}

//! `find`, `match` and `gmatch`.
//!
//! The iterator of `gmatch` is a function with three upvalues: subject, pattern, and how many bytes
//! of the subject are done.

use core::cell::Cell;

use super::basic::from_start;
use super::pattern::{Captures, Found, PLAIN_WINDOW, find_plain, find_plain_far, has_specials};
use super::session::{self, Failure, find_anchored, find_straight, push_captures, with_matcher};
use crate::base::number::f64_to_integer;
use crate::builtin;
use crate::heap::Gc;
use crate::object::{Str, Value};
use crate::runtime::register::new_builtin;
use crate::state::patterns::Known;
use crate::state::{NativeResult, Outcome, State, Thrown};

pub fn find(l: &mut State) -> NativeResult {
    find_or_match(l, true)
}

pub fn match_(l: &mut State) -> NativeResult {
    find_or_match(l, false)
}

#[inline(always)]
fn find_or_match(l: &mut State, wants_place: bool) -> NativeResult {
    let subject = l.check_bytes(1)?;
    let pattern = l.check_bytes(2)?;
    let init = from_start(l.opt_integer(3, 1)?, subject.len()).max(1) as usize - 1;
    let init = init.min(subject.len());
    let subject = subject.as_bytes();

    if wants_place && l.arg(4).is_truthy() && !l.arg(4).is_none() {
        return find_text(l, subject, pattern.as_bytes(), init);
    }
    let mut known = l.global().patterns.hinted(pattern);
    if wants_place && !known.as_ref().map_or_else(|| has_specials(pattern.as_bytes()), Known::has_specials) {
        return find_text(l, subject, pattern.as_bytes(), init);
    }
    if known.is_none() {
        known = session::known(l, pattern);
    }
    let anchored = pattern.as_bytes().first() == Some(&b'^');
    let mut captures = Captures::new();
    match find_straight(l, known.as_mut(), subject, &mut captures, anchored, init) {
        Found::Nothing => nothing(l),
        Found::Match(start, end) => {
            results(l, &captures, subject, (start, end), wants_place).map_err(|failure| l.pattern_error(failure, false))
        }
        Found::Unsure(from) => search(l, subject, pattern, known, (anchored, from), wants_place),
    }
}

/// By a matcher.
#[inline(never)]
fn search(
    l: &mut State,
    subject: &[u8],
    pattern: Gc<Str>,
    known: Option<Known>,
    (anchored, from): (bool, usize),
    wants_place: bool,
) -> NativeResult {
    with_matcher(l, subject, pattern, known, |l, matcher| {
        match find_anchored(l, matcher, anchored, from)? {
            Some(place) => results(l, matcher.captures(), subject, place, wants_place),
            None => Ok(nothing(l)?),
        }
    })
}

/// What is returned of a match.
#[inline(always)]
fn results(
    l: &mut State,
    captures: &Captures,
    subject: &[u8],
    (start, end): (usize, usize),
    wants_place: bool,
) -> Result<Outcome, Failure> {
    if !wants_place {
        let count = captures.count();
        push_captures(l, captures, subject, (start, end), count)?;
        return Ok(Outcome::Return(count as u32));
    }
    l.push(Value::number((start + 1) as f64));
    l.push(Value::number(end as f64));
    let count = captures.level();
    if count != 0 {
        push_captures(l, captures, subject, (start, end), count)?;
    }
    Ok(Outcome::Return(2 + count as u32))
}

fn find_text(l: &mut State, subject: &[u8], needle: &[u8], init: usize) -> NativeResult {
    match plain(l, &subject[init..], needle)? {
        Some(at) => {
            l.push(Value::number((init + at + 1) as f64));
            l.push(Value::number((init + at + needle.len()) as f64));
            Ok(Outcome::Return(2))
        }
        None => nothing(l),
    }
}

#[inline]
fn plain(l: &mut State, subject: &[u8], needle: &[u8]) -> Result<Option<usize>, Thrown> {
    l.global().spend_bytes(needle.len());
    if subject.len() > PLAIN_WINDOW {
        return find_plain_far(subject, needle, |bytes| l.charge(bytes / 256));
    }
    l.global().spend(subject.len() / 256); // several bytes at a time
    Ok(find_plain(subject, needle))
}

fn nothing(l: &mut State) -> NativeResult {
    l.push(Value::NIL);
    Ok(Outcome::Return(1))
}

pub fn gmatch(l: &mut State) -> NativeResult {
    let subject = l.check_bytes(1)?;
    let pattern = l.check_bytes(2)?;
    let upvalues = [Value::string(subject), Value::string(pattern), Value::number(0.0)];
    let f = new_builtin(l, builtin!("gmatch_next", gmatch_next), &upvalues)?;
    l.set_arg_count(0);
    l.push(Value::native_closure(f));
    Ok(Outcome::Return(1))
}

fn gmatch_next(l: &mut State) -> NativeResult {
    let running = l.frame().function().as_native_closure();
    let upvalues = running.as_ref().map_or(&[][..], |f| f.upvalues());
    let [subject, pattern, done] = upvalues else { return Ok(Outcome::Return(0)) };
    // The debug library can put other values into the upvalues.
    let (Some(subject), Some(pattern)) = (subject.get().as_string(), pattern.get().as_string())
    else {
        return Ok(Outcome::Return(0));
    };
    let from = f64_to_integer(done.get().as_number().unwrap_or(0.0)).max(0) as usize;
    if from > subject.len() {
        return Ok(Outcome::Return(0));
    }
    let subject = subject.as_bytes();
    // Here `^` stands for itself, which a known program does not.
    let is_usual = pattern.as_bytes().first() != Some(&b'^');
    let mut known = if is_usual { session::known(l, pattern) } else { None };
    let mut captures = Captures::new();
    match find_straight(l, known.as_mut(), subject, &mut captures, false, from) {
        Found::Nothing => Ok(Outcome::Return(0)),
        Found::Match(start, end) => {
            next_match(l, done, &captures, subject, (start, end)).map_err(|failure| l.pattern_error(failure, false))
        }
        Found::Unsure(from) => search_next(l, subject, pattern, known, from, done),
    }
}

/// By a matcher.
#[inline(never)]
fn search_next(
    l: &mut State,
    subject: &[u8],
    pattern: Gc<Str>,
    known: Option<Known>,
    from: usize,
    done: &Cell<Value>,
) -> NativeResult {
    with_matcher(l, subject, pattern, known, |l, matcher| {
        match find_anchored(l, matcher, false, from)? {
            Some(place) => next_match(l, done, matcher.captures(), subject, place),
            None => Ok(Outcome::Return(0)),
        }
    })
}

/// What the iterator of `gmatch` returns of a match.
#[inline(always)]
fn next_match(
    l: &mut State,
    done: &Cell<Value>,
    captures: &Captures,
    subject: &[u8],
    (start, end): (usize, usize),
) -> Result<Outcome, Failure> {
    // An empty match must not be found again.
    let next = if end == start { end + 1 } else { end };
    done.set(Value::number(next as f64));
    let count = captures.count();
    push_captures(l, captures, subject, (start, end), count)?;
    Ok(Outcome::Return(count as u32))
}

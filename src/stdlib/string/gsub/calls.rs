//! `gsub` with a function, or a table that may have an `__index` function: each match is a call.
//!
//! What has been done is kept in the frame (`slot`), and a coroutine may yield in the function.
//!
//! COMPAT: the debug library shows, and lets scripts change, what lies on the reference's stack: the arguments
//! and the value that a table is asked for (`view`). The subject and the pattern are not read there
//! again, nor is the limit; the function or table is. What the reference has on its stack of a result
//! of more than 8 KiB is not shown.

use crate::base::ctype::Classes;
use crate::heap::Gc;
use crate::object::{Str, Value};
use crate::runtime::tostring::number_text;
use crate::state::patterns::Known;
use crate::state::{CallInfo, FrameFlags, NativeResult, Outcome, Resumed, State, Thrown};
use crate::vm::meta;

use super::super::pattern::{Captures, Found};
use super::super::session::{self, Failure, find_anchored, find_straight, push_captures, with_matcher};
use super::replacements::{self, remember};
use super::slot::{self, first_replacement, index, index_of, number_in, own, texts};
use super::{ahead, invalid_value};

/// More matches than any subject has; a slot holds it.
const MAX_LIMIT: usize = (1 << 48) - 1;

/// PERF: nothing is to be called, and no frame to be made, for many texts in which something rare is looked for.
pub fn call_each(l: &mut State, subject: Gc<Str>, pattern: Gc<Str>, limit: usize) -> NativeResult {
    let anchored = pattern.as_bytes().first() == Some(&b'^');
    let mut known = session::known(l, pattern);
    let steps = known.as_mut().and_then(|known| known.straight(l.heap(), Classes::current()));
    if let Some(steps) = steps
        && let Found::Nothing =
            session::find_by_steps(l, steps, subject.as_bytes(), &mut Captures::new(), anchored, 0)
    {
        l.push(Value::string(subject));
        l.push(Value::number(0.0));
        return Ok(Outcome::Return(2));
    }
    begin_calls(l, subject, pattern, limit)
}

fn begin_calls(l: &mut State, subject: Gc<Str>, pattern: Gc<Str>, limit: usize) -> NativeResult {
    let given = l.arg_count();
    if given <= slot::GIVEN {
        l.ensure_stack(slot::LAST)?;
        l.set_arg_count(slot::LAST);
    } else {
        make_way(l, given)?;
    }
    l.set_arg(slot::SUBJECT, Value::string(subject));
    l.set_arg(slot::PATTERN, Value::string(pattern));
    let most = if pattern.as_bytes().first() == Some(&b'^') { 1 } else { MAX_LIMIT };
    l.set_arg(slot::LIMIT, index(limit.min(most)));
    for at in [
        slot::DONE, slot::COUNT, slot::START, slot::END, slot::REPLACED, slot::AHEAD, slot::CLASSES, slot::MADE, slot::TAKEN,
    ] {
        l.set_arg(at, index(0));
    }
    l.set_arg(slot::ARGUMENTS, index(given));
    l.set_arg(slot::SHOWN, Value::NIL);
    l.frame_mut().set_view(view);
    l.ask_on();
    next_match(l)
}

/// Moves the arguments beyond the fourth behind the frame's own slots.
#[cold]
fn make_way(l: &mut State, given: usize) -> Result<(), Thrown> {
    let own = slot::LAST - slot::GIVEN;
    l.ensure_stack(own)?;
    l.set_arg_count(given + own);
    for n in (slot::GIVEN + 1..=given).rev() {
        l.set_arg(n + own, l.arg(n));
    }
    l.set_arg(slot::RESULT, Value::NIL);
    Ok(())
}

/// The arguments, and one more value where one is shown.
fn view(l: &State, frame: &CallInfo, n: usize) -> Option<usize> {
    let given = index_of(l.slot_of(frame, slot::ARGUMENTS));
    match n {
        n if n > given => {
            let is_shown = n == given + 1 && !l.slot_of(frame, slot::SHOWN).is_nil();
            is_shown.then_some(slot::SHOWN)
        }
        n if n > slot::GIVEN => Some(n - slot::GIVEN + slot::LAST),
        n => Some(n),
    }
}

/// Finds the matches, as far as the next one for which something is to be called.
fn next_match(l: &mut State) -> NativeResult {
    loop {
        l.charge(1)?;
        let values = find_next(l)?;
        if values == 0 {
            return finish(l);
        }
        if !own(l, slot::FUNCTION).is_table() {
            return l.request_call(values, 1, replaced);
        }
        let (table, key) = (own(l, slot::FUNCTION), l.from_top(1));
        match meta::look_up(l, table, key)? {
            meta::Lookup::Call { function, object } => {
                l.set_arg(slot::SHOWN, key);
                drop_answer(l);
                l.push(function);
                l.push(object);
                l.push(key);
                return l.request_call(2, 1, replaced);
            }
            meta::Lookup::Value(value) => {
                drop_answer(l);
                l.push(value);
                if replace(l)? {
                    return finish(l);
                }
            }
        }
    }
}

/// Pushes the function and the captures of the next match; how many captures, 0 if there is none.
fn find_next(l: &mut State) -> Result<u32, Thrown> {
    l.ensure_stack(2)?;
    let count = number_in(l, slot::COUNT);
    match ahead::take(l) {
        ahead::Found::Match(value) => {
            l.set_arg(slot::COUNT, index(count + 1));
            let asked = own(l, slot::FUNCTION);
            l.push(asked);
            l.push(value);
            return Ok(1);
        }
        ahead::Found::Nothing => return Ok(0),
        ahead::Found::Unknown => {}
    }
    let (subject, pattern) = texts(l);
    let subject = subject.as_bytes();
    let done = number_in(l, slot::DONE);
    let limit = number_in(l, slot::LIMIT);
    if count >= limit {
        return Ok(0);
    }
    let anchored = pattern.as_bytes().first() == Some(&b'^');
    let mut known = session::known(l, pattern);
    let mut captures = Captures::new();
    let found = find_straight(l, known.as_mut(), subject, &mut captures, anchored, done);
    let (start, end) = match found {
        Found::Nothing => return Ok(0),
        Found::Match(start, end) => (start, end),
        Found::Unsure(from) => return search_next(l, subject, pattern, known, (anchored, from), limit - count),
    };
    let values = push_match(l, &captures, subject, (start, end)).map_err(|failure| {
        let thrown = l.pattern_error(failure, false);
        bare(l);
        thrown
    })?;
    if values == 1 && !anchored && !own(l, slot::FUNCTION).is_table() {
        ahead::look(l, subject.len(), (start, end), limit - count - 1, |l, at| {
            match find_straight(l, known.as_mut(), subject, &mut captures, false, at) {
                Found::Match(start, end) => ahead::Next::of(l, &captures, subject, (start, end)),
                Found::Nothing => ahead::Next::Nothing,
                Found::Unsure(_) => ahead::Next::Unknown,
            }
        });
    }
    Ok(values)
}

/// `find_next` by a matcher, from a place on before which there is no further match; there may be `most`.
#[inline(never)]
fn search_next(
    l: &mut State,
    subject: &[u8],
    pattern: Gc<Str>,
    known: Option<Known>,
    (anchored, from): (bool, usize),
    most: usize,
) -> Result<u32, Thrown> {
    with_matcher(l, subject, pattern, known, |l, matcher| {
        let Some((start, end)) = find_anchored(l, matcher, anchored, from)? else { return Ok(0) };
        let values = push_match(l, matcher.captures(), subject, (start, end))?;
        if values == 1 && !anchored && !own(l, slot::FUNCTION).is_table() {
            ahead::look(l, subject.len(), (start, end), most - 1, |l, at| match matcher.search(at) {
                Ok(true) => ahead::Next::of(l, matcher.captures(), subject, matcher.found()),
                Ok(false) => ahead::Next::Nothing,
                Err(_) => ahead::Next::Unknown,
            });
        }
        Ok(values)
    })
    .inspect_err(|_| bare(l))
}

/// Pushes the function and the captures of a match; how many captures.
#[inline(always)]
fn push_match(
    l: &mut State,
    captures: &Captures,
    subject: &[u8],
    (start, end): (usize, usize),
) -> Result<u32, Failure> {
    l.set_arg(slot::COUNT, index(number_in(l, slot::COUNT) + 1));
    l.set_arg(slot::START, index(start));
    l.set_arg(slot::END, index(end));
    let asked = own(l, slot::FUNCTION);
    l.push(asked);
    // A table is asked for the first capture, and the others are not looked at.
    let values = if asked.is_table() { 1 } else { captures.count() };
    push_captures(l, captures, subject, (start, end), values)?;
    Ok(values as u32)
}

/// The function has answered.
fn replaced(l: &mut State, _: Resumed) -> NativeResult {
    if replace(l)? { finish(l) } else { next_match(l) }
}

/// The value on top replaces the match; whether that was the last.
fn replace(l: &mut State) -> Result<bool, Thrown> {
    let start = number_in(l, slot::START);
    let end = number_in(l, slot::END);
    let value = l.from_top(1);
    l.set_arg(slot::SHOWN, Value::NIL);
    let with = match (value.as_string(), value.as_number()) {
        (Some(s), _) => Some(s),
        (None, Some(n)) => Some(number_text(l, n)?),
        (None, None) if value.is_falsy() => None,
        (None, None) => {
            let error = invalid_value(l, value);
            bare(l);
            return Err(error);
        }
    };
    drop_answer(l);
    if let Some(with) = with {
        remember(l, start, end, with)?;
    }
    let done = if start == end {
        match ahead::search_behind(start, end, texts(l).0.len()) {
            Some(done) => done,
            None => return Ok(true),
        }
    } else {
        end
    };
    l.set_arg(slot::DONE, index(done));
    Ok(false)
}

/// Drops what lies above the frame's own slots.
#[inline]
fn drop_answer(l: &mut State) {
    let end = l.frame().base.wrapping_add(first_replacement(l) + 3 * number_in(l, slot::REPLACED));
    debug_assert!(end <= l.top);
    l.top = end;
}

/// After an error: what lies above the frame's own slots goes where a message handler is to see it, right
/// behind the arguments. The frame is not used again.
#[cold]
fn bare(l: &mut State) {
    let given = number_in(l, slot::ARGUMENTS);
    let first = first_replacement(l) + 3 * number_in(l, slot::REPLACED);
    let end = given + l.arg_count().saturating_sub(first);
    for n in slot::GIVEN + 1..=given {
        l.set_arg(n, l.arg(n - slot::GIVEN + slot::LAST));
    }
    for n in given + 1..=end {
        l.set_arg(n, l.arg(n - given + first));
    }
    l.set_arg_count(end);
    let frame = l.frame_mut();
    frame.flags = frame.flags.without(FrameFlags::HAS_VIEW);
}

/// Puts the result together.
fn finish(l: &mut State) -> NativeResult {
    drop_answer(l);
    let made = replacements::result(l)?;
    let count = number_in(l, slot::COUNT);
    // For a return hook: the arguments, then the results.
    let given = number_in(l, slot::ARGUMENTS).min(slot::GIVEN);
    let frame = l.frame_mut();
    frame.flags = frame.flags.without(FrameFlags::HAS_VIEW);
    l.set_arg_count(given);
    l.push(Value::string(made));
    l.push(Value::number_unchecked(count as i64 as f64));
    Ok(Outcome::Return(2))
}
